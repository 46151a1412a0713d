import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createHost, type LedgerEvent, memoryCache, memoryLedgerStore } from 'daybook'
import { fileLedgerStore } from 'daybook/node'
import { simulatedFetch } from 'daybook/testing'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Io } from './io.js'
import { main } from './main.js'
import { output } from './testing/hand-made.js'

// Every run waits for the disk some thirty times, which on a busy machine adds up.
vi.setConfig({ testTimeout: 30_000 })

let cwd = ''
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'daybook-cli-'))
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await Promise.all(cleanup.splice(0).map(end => end()))
  await rm(cwd, { recursive: true, force: true })
})
const cleanup: (() => Promise<unknown>)[] = []

const instant = simulatedFetch({ speed: Infinity })
const goal = 'Should our town buy electric buses?'

interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

async function daybook(argv: readonly string[], io: Partial<Io> = {}): Promise<Ended> {
  const seen = output()
  const code = await main(argv, { ...seen.io, env: {}, cwd, isTTY: false, fetch: instant, ...io })
  // That the price table has grown old is no news for a test.
  return { code, stdout: seen.stdout(), stderr: seen.stderr().replace(/^daybook: The prices are .*\n/gm, '') }
}

/** What failed is one line of at most 200 characters without a stack, and the exit code is 1. */
function expectOneLine({ code, stderr }: Ended): void {
  expect(stderr).toMatch(/^daybook: [^\n]+\n$/)
  expect(stderr.trimEnd().length).toBeLessThanOrEqual(200)
  expect(stderr).not.toMatch(/\n\s+at /)
  expect(code).toBe(1)
}

async function eventsOf(folder = '.daybook'): Promise<LedgerEvent[]> {
  const store = fileLedgerStore(join(cwd, folder, 'ledgers'), { host: createHost({ warn: () => {} }) })
  const events: LedgerEvent[] = []
  for (const { name } of await store.list()) for await (const event of store.read(name)) events.push(event)
  await store.close?.()
  return events
}

function typesOf(events: readonly LedgerEvent[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { type } of events) counts[type] = (counts[type] ?? 0) + 1
  return counts
}

/** Every file below the working folder as one text. */
async function everythingWritten(): Promise<string> {
  const entries = await readdir(cwd, { recursive: true, withFileTypes: true })
  const files = entries.filter(entry => entry.isFile() && entry.name !== '.env')
  return (await Promise.all(files.map(file => readFile(join(file.parentPath, file.name), 'utf8')))).join('\n')
}

interface Sent {
  readonly url: string
  readonly headers: Headers
  readonly body: { model: string }
}

function keyIn(headers: Headers): string | undefined {
  return headers.get('x-api-key') ?? headers.get('authorization')?.slice('Bearer '.length)
}

/** Answers for every provider and remembers what was sent. */
function listening(answer: typeof fetch = instant): { sent: Sent[]; fetch: typeof fetch } {
  const sent: Sent[] = []
  return {
    sent,
    fetch: async (input, init) => {
      const request = new Request(input, init)
      const body = (await request.clone().json()) as Sent['body']
      sent.push({ url: request.url, headers: request.headers, body })
      return answer(input, init)
    }
  }
}

/** A provider on this machine that answers every request like this. */
async function provider(status: number, body: object, headers: Record<string, string> = {}): Promise<typeof fetch> {
  const server: Server = createServer((_request, response) => {
    response.writeHead(status, { 'Content-Type': 'application/json', ...headers })
    response.end(JSON.stringify(body))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  cleanup.push(() => new Promise(resolve => server.close(resolve)))
  return redirectedTo((server.address() as AddressInfo).port)
}

function redirectedTo(port: number): typeof fetch {
  return (input, init) => {
    const url = new URL(input instanceof Request ? input.url : String(input))
    return fetch(`http://127.0.0.1:${port}${url.pathname}`, init)
  }
}

test('a run is printed as a person would like to read it', async () => {
  const { code, stdout, stderr } = await daybook(['run', 'research', '--goal', goal, '--simulate'])
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout).toContain(`Goal        ${goal}`)
  expect(stdout).toContain('Answers by  the simulated provider, claude-haiku-4-5-20251001')
  expect(stdout).toMatch(/ {2}#1 ◆ kit\.loaded .*\(root\)/)
  expect(stdout.match(/▲ llm\.request .* <- #\d+/g)).toHaveLength(3)
  expect(stdout.match(/▼ llm\.response .* tok ≈ \$\S+ {2}<- #\d+/g)).toHaveLength(3)
  expect(stdout).toContain('Calls       3 provider calls, 0 from the cache')
  expect(stdout).toMatch(/Tokens {6}\S+ in, \S+ out/)
  expect(stdout).toMatch(/Cost {8}≈ \$0\.\d+/)
  expect(stdout).toMatch(/Ledger {6}\.daybook\/ledgers\/\S*[0-9a-f]{12}\S*\.jsonl/)
  expect(stdout).not.toContain('\u001B')
  for (const line of stdout.split('\n')) expect(line.length, line).toBeLessThanOrEqual(100)
})

test('the second run of a goal makes no provider call, costs nothing and says what it saved', async () => {
  const { sent, fetch } = listening()
  await daybook(['run', 'research', '--goal', goal, '--simulate'], { fetch })
  expect(sent).toHaveLength(3)
  const { code, stdout } = await daybook(['run', 'research', '--goal', goal, '--simulate'], { fetch })
  expect(sent).toHaveLength(3)
  expect(code).toBe(0)
  expect(stdout).toMatch(/0 provider calls, 3 from the cache, saved ≈ \$0\.\d+/)
  expect(stdout).toContain('Cost        $0\n')
})

test('--json prints one object with what the run came to', async () => {
  const { code, stdout, stderr } = await daybook(['run', 'research', '--goal', goal, '--simulate', '--json'])
  expect([code, stderr]).toEqual([0, ''])
  const object = JSON.parse(stdout)
  expect(Object.keys(object)).toEqual([
    'run',
    'kit',
    'goal',
    'events',
    'calls',
    'hits',
    'cost_usd',
    'saved_usd',
    'unanswered',
    'answers',
    'ledger'
  ])
  expect(object).toMatchObject({ kit: 'research', goal, calls: 3, hits: 0, unanswered: 0 })
  expect(object.run).toMatch(/^[0-9a-f]{12}$/)
  expect(object.answers).toHaveLength(3)
  expect(object.cost_usd).toBeGreaterThan(0)
  expect(await eventsOf()).toHaveLength(object.events)
})

test('without a key nobody is asked: the requests stay in the ledger and the way on is said', async () => {
  const { sent, fetch } = listening()
  const { code, stdout, stderr } = await daybook(['run', 'research', '--goal', goal], { fetch })
  expect([code, stderr, sent.length]).toEqual([0, '', 0])
  expect(stdout).toContain(
    '3 requests unanswered: set one of OPENROUTER_API_KEY, ANTHROPIC_API_KEY, OPENAI_API_KEY, or pass --simulate'
  )
  const types = typesOf(await eventsOf())
  expect([types['llm.request'], types['llm.response']]).toEqual([3, undefined])
})

const keys = { OPENROUTER_API_KEY: 'key-or-1', ANTHROPIC_API_KEY: 'key-an-2', OPENAI_API_KEY: 'key-oa-3' }

test('OpenRouter is asked before Anthropic, and Anthropic before OpenAI, each with its own key and model', async () => {
  const cases: [Record<string, string>, string[], string, string, string][] = [
    [keys, [], 'https://openrouter.ai/api/v1/chat/completions', 'anthropic/claude-haiku-4-5', 'key-or-1'],
    [{ ...keys, OPENROUTER_MODEL: 'x/y' }, [], 'https://openrouter.ai/api/v1/chat/completions', 'x/y', 'key-or-1'],
    [
      { ...keys, OPENROUTER_API_KEY: '' },
      [],
      'https://api.anthropic.com/v1/messages',
      'claude-haiku-4-5-20251001',
      'key-an-2'
    ],
    [{ OPENAI_API_KEY: 'key-oa-3' }, [], 'https://api.openai.com/v1/chat/completions', 'gpt-4o-mini', 'key-oa-3'],
    [
      { ...keys, OPENROUTER_MODEL: 'x/y' },
      ['--model', 'a/b'],
      'https://openrouter.ai/api/v1/chat/completions',
      'a/b',
      'key-or-1'
    ]
  ]
  for (const [index, [env, more, url, model, key]] of cases.entries()) {
    const { sent, fetch } = listening()
    const dir = `d${index}`
    const { code, stdout } = await daybook(['run', 'research', '--goal', goal, '--dir', dir, ...more], { env, fetch })
    expect(code).toBe(0)
    expect(sent.map(each => each.url.split('?')[0])).toEqual([url, url, url])
    for (const { headers, body } of sent) {
      expect(body.model).toBe(model)
      expect(keyIn(headers)).toBe(key)
    }
    expect(stdout).toContain(`, ${model}\n`)
    const requests = (await eventsOf(dir)).filter(({ type }) => type === 'llm.request')
    expect(requests.map(({ data }) => (data as { model: string }).model)).toEqual([model, model, model])
  }
})

test("Anthropic's client and plain fetch give the same answers, events and cache keys", async () => {
  const env = { ANTHROPIC_API_KEY: 'key-an-2' }
  const run = async (dir: string, anthropicSdk?: () => Promise<unknown>) => {
    const { sent, fetch } = listening()
    const io = { env, fetch, ...(anthropicSdk ? { anthropicSdk } : {}) }
    const { code, stdout } = await daybook(['run', 'research', '--goal', goal, '--dir', dir, '--json'], io)
    expect(code).toBe(0)
    const answers = (await eventsOf(dir)).filter(({ type }) => type === 'llm.response')
    return {
      sent,
      answers: JSON.parse(stdout).answers,
      keys: answers.map(({ data }) => (data as { cache: { key: string } }).cache.key),
      targets: (await eventsOf(dir)).flatMap(({ type, data }) =>
        type === 'llm.request' ? [(data as { target: object }).target] : []
      ),
      usage: answers.map(({ data }) => (data as { usage: object }).usage)
    }
  }
  const { sent: bySdk, ...withSdk } = await run('sdk')
  const { sent: byFetch, ...without } = await run('fetch', async () => undefined)
  expect(bySdk[0]?.headers.get('user-agent')).toMatch(/Anthropic/)
  expect(byFetch[0]?.headers.get('user-agent') ?? '').not.toMatch(/Anthropic/)
  expect(withSdk).toEqual(without)
  expect(withSdk.answers).toHaveLength(3)
})

test('an address in the environment never gets a key', async () => {
  vi.stubEnv('ANTHROPIC_BASE_URL', 'http://evil.test')
  vi.stubEnv('OPENAI_BASE_URL', 'http://evil.test')
  for (const env of [{ ANTHROPIC_API_KEY: 'k-12345678' }, { OPENAI_API_KEY: 'k-12345678' }]) {
    const { sent, fetch } = listening()
    await daybook(['run', 'research', '--goal', goal, '--dir', Object.keys(env)[0] ?? ''], { env, fetch })
    expect(sent).toHaveLength(3)
    for (const { url } of sent) expect(url).not.toContain('evil')
  }
})

test('a key from .env is used, and no key is ever printed or written', async () => {
  const canary = 'canary0123456789abcdef'
  await writeFile(join(cwd, '.env'), `export ANTHROPIC_API_KEY="${canary}" # mine\n`)
  const { sent, fetch } = listening()
  const good = await daybook(['run', 'research', '--goal', goal, '--verbose'], { fetch })
  expect(good.code).toBe(0)
  expect(sent.map(({ headers }) => keyIn(headers))).toEqual([canary, canary, canary])
  // A provider that repeats the key in its refusal.
  const echoing = await provider(401, {
    type: 'error',
    error: { type: 'authentication_error', message: `invalid x-api-key: ${canary}` }
  })
  const bad = await daybook(['run', 'research', '--goal', 'Another?', '--verbose'], { fetch: echoing })
  expect(bad.code).toBe(1)
  const help = await daybook(['--help'])
  const shown = [good, bad, help].map(({ stdout, stderr }) => stdout + stderr).join('\n')
  expect(shown).not.toContain(canary)
  expect(await everythingWritten()).not.toContain(canary)
})

test('an empty goal is refused before anything happens', async () => {
  for (const empty of ['', '   ']) {
    const ended = await daybook(['run', 'research', '--goal', empty, '--simulate'])
    expectOneLine(ended)
    expect(ended.stderr).toContain('The goal is empty')
  }
  expectOneLine(await daybook(['run', 'research']))
})

test('a key that is refused is one line that says which key, and the ledger holds the requests', async () => {
  const refusing = await provider(401, { type: 'error', error: { type: 'authentication_error', message: 'no' } })
  const ended = await daybook(['run', 'research', '--goal', goal], {
    env: { ANTHROPIC_API_KEY: 'wrong-key' },
    fetch: refusing
  })
  expectOneLine(ended)
  expect(ended.stderr).toMatch(/ANTHROPIC_API_KEY.* Ledger: \.daybook\/ledgers\/\S+\.jsonl$/m)
  const types = typesOf(await eventsOf())
  expect([types['llm.request'], types['llm.failed']]).toEqual([3, 3])
})

test('a provider that is down is one line, and the ledger holds the requests', async () => {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise(resolve => server.close(resolve))
  const ended = await daybook(['run', 'research', '--goal', goal], {
    env: { OPENAI_API_KEY: 'a-key' },
    fetch: redirectedTo(port)
  })
  expectOneLine(ended)
  expect(ended.stderr).toMatch(/reach.* Ledger: /)
  expect(typesOf(await eventsOf())['llm.failed']).toBe(3)
})

test('a budget that is used up is one line', async () => {
  const ended = await daybook(['run', 'research', '--goal', goal, '--simulate', '--budget-usd', '0.0000001'])
  expectOneLine(ended)
  expect(ended.stderr).toContain('budget')
})

test('when some calls fail, how many is said, and the others are kept', async () => {
  let calls = 0
  const ended = await daybook(['run', 'research', '--goal', goal], {
    env: { OPENAI_API_KEY: 'a-key-1' },
    fetch: (input, init) =>
      ++calls === 2
        ? Promise.resolve(Response.json({ error: { message: 'no such thing' } }, { status: 400 }))
        : instant(input, init)
  })
  expectOneLine(ended)
  expect(ended.stderr).toContain('1 of 3 calls failed: ')
  expect(ended.stdout).toContain('2 provider calls, 0 from the cache, 1 failed')
})

test('a kit that throws is one line wherever it throws, and --verbose adds the stack', async () => {
  const head = "export default { name: 'k', version: '1.0.0',"
  const kits = {
    'responders.mjs': `${head} responders() { throw new Error('thrown in responders') } }`,
    'seed.mjs': `${head} responders: () => [], seed() { throw new Error('thrown in seed') } }`,
    'later.mjs': `${head} responders: () => [{ name: 'bad', types: [], fn(event) {
      if (event.type === 'object.created') throw new Error('thrown in a responder')
    } }] }`
  }
  for (const [name, text] of Object.entries(kits)) {
    await writeFile(join(cwd, name), text)
    const ended = await daybook(['run', `./${name}`, '--goal', goal, '--simulate', '--dir', `${name}-dir`])
    expectOneLine(ended)
    expect(ended.stderr).toContain('thrown in ')
    const told = await daybook(['run', `./${name}`, '--goal', goal, '--simulate', '--verbose', '--dir', `${name}-dir`])
    expect(told.stderr).toMatch(/\n\s+at /)
    // What was recorded before the failure can be read.
    const recorded = typesOf(await eventsOf(`${name}-dir`))
    if (name === 'later.mjs') expect(recorded).toMatchObject({ 'kit.loaded': 2, 'responder.failed': 2 })
  }
})

test('a ledger with a torn last line is said, repaired, and read the next time without a word', async () => {
  await daybook(['run', 'research', '--goal', goal, '--simulate'])
  const before = await eventsOf()
  const folder = join(cwd, '.daybook', 'ledgers')
  const file = (await readdir(folder)).find(name => name.endsWith('.jsonl')) ?? ''
  const path = join(folder, file)
  const text = await readFile(path, 'utf8')
  const id = /[0-9a-f]{12}/.exec(file)?.[0] ?? ''

  // Killed while it wrote: half a line that nobody was told of.
  await writeFile(path, text + String(text.split('\n').at(-2)).slice(0, -40))
  const ended = await daybook(['status', id])
  expectOneLine(ended)
  expect(ended.stderr).toContain(`Ledger: .daybook/ledgers/${file}`)
  expect(ended.stdout).toContain('3 provider calls')
  expect(await eventsOf()).toEqual(before)
  expect(await daybook(['status', id])).toMatchObject({ code: 0, stderr: '' })

  // The disk lost the end of the last line.
  await writeFile(path, text.slice(0, -40))
  expectOneLine(await daybook(['status', id]))
  expectOneLine(await daybook(['list']))
  expect(await eventsOf()).toEqual(before.slice(0, -1))
})

test('a cache on a full disk costs nothing but the cache: the run is whole, one line says it, exit code 1', async () => {
  const full = {
    ...memoryCache(),
    set: async () => {
      throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
    }
  }
  const ended = await daybook(['run', 'research', '--goal', goal, '--simulate'], { cache: full })
  expectOneLine(ended)
  expect(ended.stderr).toContain('Ledger: .daybook/ledgers/')
  expect(ended.stdout).toContain('3 provider calls')
  expect(typesOf(await eventsOf())['llm.response']).toBe(3)
})

test('a ledger that cannot be written is one line', async () => {
  const store = memoryLedgerStore()
  let appends = 0
  const full = {
    ...store,
    append: async (...args: Parameters<typeof store.append>) => {
      if (++appends > 2) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
      return store.append(...args)
    }
  }
  expectOneLine(await daybook(['run', 'research', '--goal', goal, '--simulate'], { store: full }))
})

test('a folder that cannot be made is one line, and the run is kept in memory', async () => {
  await writeFile(join(cwd, 'file'), 'no folder')
  const ended = await daybook(['run', 'research', '--goal', goal, '--simulate', '--dir', 'file/x'])
  expect(ended.code).toBe(1)
  expect(ended.stdout).toContain('3 provider calls')
  expect(ended.stderr).toContain('cannot be written')
})

test('wrong words are one line', async () => {
  for (const argv of [
    ['fly'],
    ['run', 'cooking', '--goal', goal],
    ['run', 'research', '--goal', goal, '--budget-usd', 'much'],
    ['resume'],
    ['verify', 'ffffffffffff'],
    ['export', 'ffffffffffff'],
    ['import', 'absent.jsonl'],
    ['diff', 'demo'],
    ['fork', 'demo'],
    ['replay', 'demo', '--speed', 'fast'],
    ['status', 'ffffffffffff'],
    ['remove', 'ffffffffffff'],
    ['cache', 'fill'],
    ['devtools', '--port', '99999']
  ]) {
    expectOneLine(await daybook(argv))
  }
})

test('help and version', async () => {
  expect((await daybook(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  const { code, stdout } = await daybook([])
  expect(code).toBe(0)
  const names = 'start run resume fork list status devtools trace diff replay verify export import remove cache'.split(
    ' '
  )
  for (const name of names) {
    expect(stdout).toMatch(new RegExp(`^ {2}${name}\\b`, 'm'))
    expect((await daybook([name, '--help'])).stdout).toContain(`daybook ${name}`)
  }
  for (const argv of [[], ...names.map(name => [name, '--help'])]) {
    const printed = (await daybook(argv, { columns: 80 })).stdout
    for (const line of printed.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80)
  }
})

test('a run that is interrupted ends in order, with what happened in the ledger', async () => {
  const stop = new AbortController()
  const hanging: typeof fetch = (_input, init) =>
    new Promise((_resolve, reject) => {
      init?.signal?.addEventListener('abort', () => reject(init.signal?.reason))
      stop.abort()
    })
  const ended = await daybook(['run', 'research', '--goal', goal, '--simulate'], {
    fetch: hanging,
    signal: stop.signal
  })
  expect(ended.code).toBe(130)
  expect(ended.stderr).toMatch(/^daybook: Interrupted after \d+ events\. Ledger: \S+\n$/)
  expect(typesOf(await eventsOf())['llm.request']).toBe(3)
})

test('runs are listed the newest first, shown and removed', async () => {
  expect((await daybook(['list'])).stdout).toContain('No runs in .daybook')
  await daybook(['run', 'research', '--goal', 'First?', '--simulate'])
  await daybook(['run', 'research', '--goal', 'Second?'])
  const { stdout } = await daybook(['list'])
  expect(stdout.indexOf('Second?')).toBeLessThan(stdout.indexOf('First?'))
  expect(stdout).toMatch(/○ [0-9a-f]{12} {2}unanswered {2}Second\?/)
  expect(stdout).toMatch(/✓ [0-9a-f]{12} {2}done {8}First\? .* \d+ events {2}≈ \$0\.\d+/)
  const { runs } = JSON.parse((await daybook(['list', '--json'])).stdout)
  expect(runs).toMatchObject([
    { state: 'unanswered', goal: 'Second?' },
    { state: 'done', goal: 'First?', calls: 3 }
  ])
  const first = runs[1].run
  const status = await daybook(['status', first.slice(0, 8), '--events'])
  expect(status.stdout).toMatch(/First\? {2}done/)
  expect(status.stdout).toContain('▼ llm.response')
  expect(JSON.parse((await daybook(['status', first, '--json'])).stdout)).toMatchObject({ run: first, calls: 3 })
  expect((await daybook(['remove', first])).stdout).toMatch(/^Removed [0-9a-f]{12}, \d+ events\.\n$/)
  expect(JSON.parse((await daybook(['list', '--json'])).stdout).runs).toHaveLength(1)
})

test('the cache is counted and cleared', async () => {
  await daybook(['run', 'research', '--goal', goal, '--simulate'])
  expect((await daybook(['cache', 'stats'])).stdout).toMatch(/^3 answers, \S+ kB, in \.daybook\/cache\.\n$/)
  expect(JSON.parse((await daybook(['cache', 'stats', '--json'])).stdout)).toMatchObject({ entries: 3 })
  expect((await daybook(['cache', 'clear'])).stdout).toMatch(/^Removed 3 answers/)
  expect((await daybook(['cache', 'stats'])).stdout).toMatch(/^0 answers/)
})

test('simulated answers are never given for real ones', async () => {
  await daybook(['run', 'research', '--goal', goal, '--simulate'])
  const { sent, fetch } = listening()
  await daybook(['run', 'research', '--goal', goal], { env: { ANTHROPIC_API_KEY: 'a-key-1' }, fetch })
  expect(sent).toHaveLength(3)
})

async function builtPage(): Promise<string> {
  const page = join(cwd, 'page')
  await mkdir(page)
  await writeFile(join(page, 'index.html'), '<title>Daybook</title>')
  return page
}

/** Starts a command that serves; resolves when it has printed its address. */
async function serving(argv: readonly string[], io: Partial<Io> = {}) {
  const stop = new AbortController()
  const seen = output()
  let address: (url: string) => void = () => {}
  const printed = new Promise<string>(resolve => {
    address = resolve
  })
  const stdout = {
    write(text: string) {
      seen.io.stdout.write(text)
      const url = /http:\/\/127\.0\.0\.1:\d+\/#t=\S+/.exec(text)?.[0]
      if (url) address(url)
    }
  }
  const given = { ...seen.io, stdout, env: {}, cwd, isTTY: false, fetch: instant, signal: stop.signal, ...io }
  const ended = main(argv, given)
  const url = await Promise.race([printed, ended.then(code => `ended with ${code}: ${seen.stderr()}`)])
  return {
    url: new URL(url),
    stdout: seen.stdout,
    end() {
      stop.abort()
      return ended
    }
  }
}

test('start runs the sample with the simulated provider, says so, and serves that run until it is ended', async () => {
  const { url, stdout, end } = await serving(['start'], { page: await builtPage() })
  expect(stdout()).toContain('the simulated provider (no key is set), claude-haiku-4-5-20251001')
  expect(stdout()).toContain('Should a small city replace its diesel buses')
  const fragment = new URLSearchParams(url.hash.slice(1))
  const ledger = fragment.get('run')
  expect(ledger).toMatch(/^run:[0-9a-f]{12}$/)
  expect(await (await fetch(url)).text()).toContain('<title>Daybook</title>')
  const headers = { Authorization: `Bearer ${fragment.get('t')}` }
  const response = await fetch(new URL(`/api/events?ledger=${ledger}`, url), { headers })
  const reader = (response.body as ReadableStream<Uint8Array>).getReader()
  const { value } = await reader.read()
  expect(JSON.parse(new TextDecoder().decode(value).split('\n')[0] ?? '')).toMatchObject({ type: 'hello', ledger })
  expect(await end()).toBe(0)
  await expect(fetch(url)).rejects.toThrow()
})

test('start --once ends after the run, and the second start is free', async () => {
  const first = await daybook(['start', '--once', '--goal', goal, '--kit', 'research'])
  expect(first).toMatchObject({ code: 0, stderr: '' })
  expect(first.stdout).not.toContain('http://')
  const second = await daybook(['start', '--once', '--goal', goal])
  expect(second.stdout).toMatch(/0 provider calls, 3 from the cache, saved ≈ \$/)
  const runs = (await daybook(['list', '--json'])).stdout
  expect(JSON.parse(runs).runs).toHaveLength(2)
})

test('start with a key asks the real provider', async () => {
  const { sent, fetch } = listening()
  const { stdout } = await daybook(['start', '--once'], { env: { OPENAI_API_KEY: 'a-key-1' }, fetch })
  expect(sent[0]?.url).toBe('https://api.openai.com/v1/chat/completions')
  expect(stdout).toContain('Answers by  OpenAI, gpt-4o-mini')
})

test('start without a built page says so and ends well', async () => {
  const { code, stdout, stderr } = await daybook(['start'], { page: join(cwd, 'none') })
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout).toContain('The page of the devtools is not built: run npm run build.')
})

test('devtools lists the runs and serves them; in production only when it is told to', async () => {
  await daybook(['run', 'research', '--goal', goal, '--simulate', '--dir', 'elsewhere'])
  const page = await builtPage()
  const { stdout, end } = await serving(['devtools', 'elsewhere'], { page })
  expect(stdout()).toMatch(/Daybook \d\S* {3}elsewhere, 1 run, [\d.]+ kB/)
  expect(stdout()).toContain('Access      this machine only, read only')
  expect(await end()).toBe(0)
  expect(stdout()).toMatch(/✓ [0-9a-f]{12} {2}done {2}Should our town buy electric buses\? +\d+ events {2}≈ \$0\.\d+/)

  const env = { NODE_ENV: 'production' }
  expectOneLine(await daybook(['devtools'], { env, page }))
  const allowed = await serving(['devtools', '--allow-production'], { env, page })
  expect(allowed.url.hostname).toBe('127.0.0.1')
  expect(await allowed.end()).toBe(0)
})
