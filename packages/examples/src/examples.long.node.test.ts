/** Each example as a person runs it: a process of its own, on the built packages, without a key. */
import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { simulatedFetch } from 'daybook/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'

const examples = fileURLToPath(new URL('..', import.meta.url))
const nobody = 'http://127.0.0.1:9' // the port where nothing ever listens
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(examples, '..', '..', 'node_modules', '.example-'))
})

afterAll(async () => {
  await rm(folder, { recursive: true })
})

/** What it prints. It must end by itself, in time, without a word of warning, and leave nothing behind. */
async function run(name: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [join(examples, `${name}.mjs`)], {
    cwd: folder,
    env: { PATH: process.env.PATH, OLLAMA_API_BASE: nobody, ...env },
    timeout: 30_000
  })
  // A price table that has grown old says so, and is right to.
  expect(stderr.split('\n').filter(line => line !== '' && !line.includes('prices are'))).toEqual([])
  expect(await readdir(folder)).toEqual([])
  return stdout
}

test('every example is tested here', async () => {
  const files = (await readdir(examples)).filter(name => name.endsWith('.mjs'))
  expect(files.map(name => name.slice(0, -4)).sort()).toEqual(Object.keys(lines).sort())
})

/** What must be said, in this order. */
const lines: Readonly<Record<string, readonly RegExp[]>> = {
  chat: [
    /This is a simulated answer to “Why is the sky blue\?”/,
    /asked openai\/gpt-5-mini: Why is the sky blue\?/,
    /\d+ tokens, \$0\.000\d+/,
    /asked openai\/gpt-5-mini: Why is the sky blue\?/,
    /from the cache, \$0\.000\d+ saved/
  ],
  streaming: [/simulated answer to “How do bees find flowers\?”/, /\d+ characters in all/, /ants find sugar.* …\n$/s],
  tools: [
    /get_weather\(\{"city":"Oslo"\}\)/,
    /multiply\(\{"a":17,"b":23\}\)/,
    // Whichever is done first.
    /^(?=[\s\S]*get_weather returned \{"city":"Oslo","celsius":4,"sky":"snow"\}\n)(?=[\s\S]*multiply returned 391\n)/,
    /simulated answer.*The tool get_weather said: “.*snow.*”\. The tool multiply said: “391”/
  ],
  structured: [
    /^\{"title":"a simu.*\n(\{.*\n){3,}/,
    /\na simulated title: (easy|medium|hard), \d+ minutes\n/,
    / {2}\d+ g of a simulated name 1\n {2}\d+ g of a simulated name 2\n/
  ],
  'forked-dialog': [
    /0\. system: You plan short trips by train\./,
    /1\. user: Where to for a weekend in May\?/,
    /3\. user: And somewhere colder\?/,
    /1\. user: Where to for a weekend in May\?/,
    /3\. user: And somewhere by the sea\?/,
    /owner=trip msgs=3\n {2}\S+ owner=north msgs=5 split@3\n {2}\S+ owner=south msgs=5 split@3/,
    /shared: true; north cost \$0\.00\d+/
  ],
  'parser-agent': [
    /try 1 \(initial\): Parsing errors:\n {2}<verdict>.* is missing/,
    /try 2 \(exception\): fits/,
    /verdict: a simulated verdict about /,
    /reason: {2}a simulated reason about /,
    /0\. system.*\n1\. user.*\n2\. assistant \(reviewer\): This is a simulated answer/,
    /2 answers were paid for, \$0\.\d+/
  ],
  image: [
    /It was shown 1 image \(image\/png, 64 × 64 pixels, \d+ bytes\)/,
    /0\. user: My painting \[image image\/png\]/,
    /1\. user: Which colours do you see\?/,
    /2\. assistant/
  ],
  'web-search': [
    /simulated answer to “What is new about night trains in Europe\?”/,
    /searched for: What is new about night trains in Europe\?/,
    /Simulated source 1, on night trains: https:\/\/example\.org\/simulated\/1-night-trains/
  ],
  ollama: [/No Ollama with a model at http:\/\/127\.0\.0\.1:9: simulated\./, /llama3\.2:/, /This is a simulated answer/]
}

test.each(Object.entries(lines))(
  '%s.mjs says what it is there to show',
  { timeout: 40_000 },
  async (name, expected) => {
    let rest = await run(name)
    for (const line of expected) {
      expect(rest).toMatch(line)
      const found = line.exec(rest)
      rest = rest.slice((found?.index ?? 0) + (found?.[0].length ?? 0))
    }
  }
)

test('ollama.mjs asks an Ollama that is running', { timeout: 40_000 }, async () => {
  const answer = simulatedFetch({ speed: Number.POSITIVE_INFINITY })
  const asked: string[] = []
  const server = createServer(async (request, response) => {
    const url = `http://127.0.0.1${request.url}`
    asked.push(`${request.method} ${request.url}`)
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const reply =
      request.url === '/api/tags'
        ? Response.json({ models: [{ name: 'tiny:1b' }] })
        : await answer(url, { method: 'POST', body: Buffer.concat(chunks) })
    response.writeHead(reply.status, Object.fromEntries(reply.headers))
    response.end(await reply.text())
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  try {
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const said = await run('ollama', { OLLAMA_API_BASE: base })
    expect(said).toContain(`Ollama at ${base} has tiny:1b.`)
    expect(said).toContain('Name three uses of a paper clip.')
    expect(asked).toEqual(['GET /api/tags', 'POST /v1/chat/completions'])
  } finally {
    await new Promise(resolve => server.close(resolve))
  }
})
