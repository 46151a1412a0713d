import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { type CommandLine, commandLine } from './testing/command-line.js'

let cli: CommandLine
let page = ''
beforeAll(async () => {
  page = await mkdtemp(join(tmpdir(), 'daybook-page-'))
  await writeFile(join(page, 'index.html'), '<!doctype html>')
})
afterAll(() => rm(page, { recursive: true }))
beforeEach(async () => {
  cli = await commandLine()
})
afterEach(() => cli.remove())

interface Served {
  post(path: string, body: unknown): Promise<{ status: number; text: string }>
  get(path: string): Promise<unknown>
  /** The kits that the list of ledgers names. */
  kitsOf(): Promise<unknown>
}

/** The command as it serves, with its address as it prints it. */
async function served(options: readonly string[], work: (served: Served) => Promise<void>): Promise<void> {
  const ending = new AbortController()
  let told: ((line: string) => void) | undefined
  const line = new Promise<string>(resolve => {
    told = resolve
  })
  const stdout = { write: (text: string) => told?.(text) }
  const ended = cli.run(['devtools', ...options, '--json'], { stdout, page, signal: ending.signal })
  const { port, url } = JSON.parse(
    await Promise.race([line, ended.then(({ stderr }) => Promise.reject(new Error(stderr)))])
  )
  const Authorization = `Bearer ${new URLSearchParams(new URL(url).hash.slice(1)).get('t')}`
  try {
    await work({
      async post(path, body) {
        const response = await fetch(`http://127.0.0.1:${port}/api/${path}`, {
          method: 'POST',
          headers: { Authorization, 'Content-Type': 'application/json' },
          body: JSON.stringify(body)
        })
        return { status: response.status, text: await response.text() }
      },
      async kitsOf() {
        const response = await fetch(`http://127.0.0.1:${port}/api/ledgers`, { headers: { Authorization } })
        const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
        let text = ''
        while (!text.includes('\n')) text += (await reader?.read())?.value ?? '\n'
        await reader?.cancel()
        return JSON.parse(text.slice(0, text.indexOf('\n'))).kits
      },
      get: async path => (await fetch(`http://127.0.0.1:${port}/api/${path}`, { headers: { Authorization } })).json()
    })
  } finally {
    ending.abort()
    await ended
  }
}

test('a run is forked from the page: the estimate, the branch and its chain', async () => {
  const { run } = await cli.json(['run', 'research', '--simulate', '--goal', 'Is tea warm?'])
  const trace = await cli.json(['replay', run])
  const ledger = `run:${run}`
  await served(['--allow-fork', '--simulate'], async ({ post, get }) => {
    // Position 1 is the goal: everything after it follows from it.
    const order = { ledger, position: 1, id: 'b2', change: { set: { 'data.text': 'Is coffee warm?' } } }
    const estimate = JSON.parse((await post('estimate', order)).text)
    expect(estimate.calls).toBe(trace.calls)
    const { status, text } = await post('fork', order)
    expect([status, text]).toEqual([200, expect.stringContaining('{"type":"ended"}')])
    expect(text).toContain('{"type":"branch","ledger":"branch:b2"}')
    expect(await get('verify?ledger=branch:b2')).toMatchObject({ ok: true })
    // The same name a second time, and a place that is not there, are told in words.
    expect(await post('fork', { ...order, position: 9999 })).toMatchObject({
      status: 400,
      text: expect.stringMatching(/cannot be forked at 9999/)
    })
    expect((await post('fork', order)).text).toContain('branch:b2 is there already')
    const options = { ...order, id: 'b3', position: 0, change: { set: { 'options.model': 'x' } } }
    expect(await post('fork', options)).toMatchObject({
      status: 400,
      text: expect.stringMatching(/not taken from a page/)
    })
  })
})

test('of a run of a kit that the process does not know one call is made again, and --kit alone is refused', async () => {
  await writeFile(cli.at('mine.mjs'), `export default { name: 'mine', version: '1', responders: () => [] }`)
  const { run } = await cli.json(['run', './mine.mjs', '--simulate', '--goal', 'Hello'])
  await served(['--allow-fork', '--simulate'], async ({ post, kitsOf }) => {
    const order = { ledger: `run:${run}`, position: 1, id: 'b2' }
    expect(await kitsOf()).toEqual(['research', 'diligence'])
    expect(await post('fork', order)).toMatchObject({ status: 200, text: expect.stringContaining('"ended"') })
    expect(await post('fork', { ...order, kit: cli.at('mine.mjs') })).toMatchObject({
      status: 400,
      text: expect.stringMatching(/not taken/)
    })
  })
  await served(['--allow-fork', '--simulate', '--kit', './mine.mjs'], async ({ post, kitsOf }) => {
    expect(await kitsOf()).toContain('mine')
    expect((await post('fork', { ledger: `run:${run}`, position: 1, id: 'b3' })).text).toContain('"ended"')
  })
  const { code, stderr } = await cli.run(['devtools', '--simulate'], { page })
  expect([code, stderr]).toEqual([1, expect.stringContaining('add --allow-fork')])
})
