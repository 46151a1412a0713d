import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { LedgerEvent } from 'daybook'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { events, handMadeStore } from '../testing/hand-made.js'
import { type DevtoolsServer, type ServeOptions, serveDevtools } from './serve.js'

// Several tests open hundreds of sockets, which on a busy machine adds up.
vi.setConfig({ testTimeout: 30_000 })

let folder = ''
let page = ''
const servers: DevtoolsServer[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'daybook-serve-'))
  page = join(folder, 'page')
  await mkdir(join(page, 'assets'), { recursive: true })
  await writeFile(join(page, 'index.html'), '<!doctype html><title>Daybook</title>')
  await writeFile(join(page, 'assets', 'app.js'), 'export {}')
  await writeFile(join(folder, 'secret.txt'), 'out of bounds')
  await symlink(join(folder, 'secret.txt'), join(page, 'link.txt'))
})
afterAll(() => rm(folder, { recursive: true }))
afterEach(async () => {
  await Promise.all(servers.splice(0).map(server => server.close()))
})

const token = 'a-token-of-128-bits-22'
const authorization = `Bearer ${token}`

async function serve(options: Partial<ServeOptions> = {}): Promise<DevtoolsServer> {
  const store = options.store ?? handMadeStore({ 'run:test': two() })
  const server = await serveDevtools({ store, token, page, pace: { pollMs: 20 }, ...options })
  servers.push(server)
  return server
}

function two(): LedgerEvent[] {
  return events(
    { type: 'object.created', data: { id: 'goal-1', type: 'Goal' } },
    { type: 'object.patched', data: { id: 'goal-1' }, cause: ['e1'] }
  )
}

/** Sends bytes as they are and resolves with what came back until the other side closed. */
function raw(port: number, text: string, host = '127.0.0.1'): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = ''
    const socket = connect(port, host, () => socket.write(text))
    socket.setEncoding('utf8')
    socket.on('data', chunk => {
      answer += chunk
    })
    socket.on('close', () => resolve(answer))
    socket.on('error', error => (answer === '' ? reject(error) : resolve(answer)))
  })
}

/** The status of a request with these header lines. */
async function status(port: number, headers: readonly string[], line = 'GET / HTTP/1.1'): Promise<number> {
  const answer = await raw(port, `${[line, ...headers, 'Connection: close'].join('\r\n')}\r\n\r\n`)
  expect(answer.toLowerCase()).not.toContain('access-control-allow-origin')
  return Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1])
}

const routes = ['/', '/assets/app.js', '/nothing', '/api/ledgers', '/api/events?ledger=run:test']

test('only the names of this machine with our port are answered, on every route', async () => {
  const { port } = await serve()
  const foreign = [
    'evil.test',
    `evil.test:${port}`,
    `127.0.0.1.evil.test:${port}`,
    `localhost.:${port}`,
    `127.0.0.1:${port + 1}`,
    '127.0.0.1',
    `127.0.0.1:${port}@evil.test`,
    `0.0.0.0:${port}`,
    ''
  ]
  for (const route of routes) {
    for (const host of foreign) {
      expect(await status(port, [`Host: ${host}`], `GET ${route} HTTP/1.1`), `${route} from ${host}`).toBe(403)
    }
    expect(await status(port, [], `GET ${route} HTTP/1.1`), `${route} without a Host`).toBe(403)
    const both = [`Host: 127.0.0.1:${port}`, 'Host: evil.test']
    expect(await status(port, both, `GET ${route} HTTP/1.1`), `${route} with two Hosts`).toBe(403)
    expect(await status(port, [...both].reverse(), `GET ${route} HTTP/1.1`)).toBe(403)
  }
  for (const host of ['127.0.0.1', 'localhost', 'LOCALHOST', '[::1]']) {
    expect(await status(port, [`Host: ${host}:${port}`]), host).toBe(200)
  }
})

test('a foreign Origin, null, or another port of this machine is refused, with the token too', async () => {
  const { port } = await serve()
  const host = `Host: 127.0.0.1:${port}`
  for (const route of routes) {
    for (const origin of ['http://evil.test', 'null', '', `http://localhost:${port}`, 'http://127.0.0.1:5173']) {
      const headers = [host, `Origin: ${origin}`, `Authorization: ${authorization}`]
      expect(await status(port, headers, `GET ${route} HTTP/1.1`), `${route} from ${origin}`).toBe(403)
    }
  }
  expect(await status(port, [host, `Origin: https://127.0.0.1:${port}`])).toBe(403)
  expect(await status(port, [host, `Origin: http://127.0.0.1:${port}`])).toBe(200)
})

test('what a browser sends for a page of another site is refused', async () => {
  const { port } = await serve()
  const host = `Host: 127.0.0.1:${port}`
  for (const site of ['cross-site', 'same-site', 'anything']) {
    for (const route of routes) {
      const headers = [host, `Sec-Fetch-Site: ${site}`, `Authorization: ${authorization}`]
      expect(await status(port, headers, `GET ${route} HTTP/1.1`), `${route} ${site}`).toBe(403)
    }
  }
  expect(await status(port, [host, 'Sec-Fetch-Site: cross-site', 'Sec-Fetch-Mode: navigate'])).toBe(403)
  // Following a link from a page of this machine is not reading: the page that opens has no token.
  expect(await status(port, [host, 'Sec-Fetch-Site: same-site', 'Sec-Fetch-Mode: navigate'])).toBe(200)
  expect(await status(port, [host, 'Sec-Fetch-Site: none', 'Sec-Fetch-Mode: navigate'])).toBe(200)
  expect(await status(port, [host, 'Sec-Fetch-Site: same-origin'])).toBe(200)
})

test('a WebSocket handshake of another origin is refused like any request', async () => {
  const { port } = await serve()
  const upgrade = ['Upgrade: websocket', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==']
  const headers = [`Host: 127.0.0.1:${port}`, 'Origin: http://evil.test', ...upgrade]
  expect(await status(port, headers, 'GET /api/events HTTP/1.1')).toBe(403)
})

test('without the token, with a wrong one, or with it in the address, the API answers 401', async () => {
  const { port } = await serve()
  const ask = async (headers: Record<string, string>, query = ''): Promise<number> => {
    const response = await fetch(`http://127.0.0.1:${port}/api/ledgers${query}`, { headers })
    await response.body?.cancel()
    return response.status
  }
  expect(await ask({})).toBe(401)
  expect(await ask({ Authorization: 'Bearer wrong' })).toBe(401)
  expect(await ask({ Authorization: `Bearer ${token.slice(0, -1)}X` })).toBe(401)
  expect(await ask({ Authorization: `${authorization} ` })).toBe(200) // white space around a value is no part of it
  expect(await ask({ Authorization: token })).toBe(401)
  expect(await ask({}, `?t=${token}&token=${token}`)).toBe(401)
  expect(await ask({ Cookie: `t=${token}` })).toBe(401)
  expect(await ask({ Authorization: authorization })).toBe(200)
  expect((await fetch(`http://127.0.0.1:${port}/api/nothing`)).status).toBe(401)
})

test('the token has 128 bits, is new at each start, and stands in the fragment only', async () => {
  const first = await serve({ token: undefined })
  const second = await serve({ token: undefined, run: 'run:0123456789ab' })
  const tokens = [first, second].map(({ url }) => new URLSearchParams(new URL(url).hash.slice(1)).get('t') ?? '')
  expect(tokens[0]).not.toBe(tokens[1])
  for (const each of tokens) expect(Buffer.from(each, 'base64url')).toHaveLength(16)
  expect(second.url).toBe(`http://127.0.0.1:${second.port}/#t=${tokens[1]}&run=run:0123456789ab`)
})

test('nothing but GET is answered, and a body is not read', async () => {
  const { port } = await serve()
  const host = `Host: 127.0.0.1:${port}`
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'HEAD']) {
    expect(await status(port, [host, 'Content-Length: 0'], `${method} /api/ledgers HTTP/1.1`), method).toBe(405)
  }
  // A gigabyte is announced; the answer comes and the connection closes long before it was sent.
  const huge = [host, `Authorization: ${authorization}`, 'Content-Length: 1000000000']
  expect(await status(port, huge, 'POST /api/ledgers HTTP/1.1')).toBe(405)
  expect(await status(port, huge, 'GET /api/ledgers HTTP/1.1')).toBe(413)
  expect(await status(port, [host, 'Transfer-Encoding: chunked'], 'GET / HTTP/1.1')).toBe(413)
})

test('ten thousand headers are refused, and none is dropped unseen', async () => {
  const { port } = await serve()
  const host = `Host: 127.0.0.1:${port}`
  const many = Array.from({ length: 10_000 }, (_, index) => `x-${index}: 1`)
  expect(await status(port, [host, ...many])).toBe(431)
  const short = Array.from({ length: 1_500 }, () => 'a:')
  expect(await status(port, [host, ...short, 'Origin: http://evil.test'])).toBe(403)
})

test('two hundred clients that never finish their request are cut off, and the others are served', async () => {
  const { port } = await serve({ requestMs: 300 })
  const slow = Array.from({ length: 200 }, () => raw(port, `GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nx: `))
  expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200)
  const answers = await Promise.all(slow)
  expect(answers.every(answer => answer === '' || answer.startsWith('HTTP/1.1 408'))).toBe(true)
})

test('no path leads out of the page', async () => {
  const { port } = await serve()
  const paths = [
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/%252e%252e%252fsecret.txt',
    '/..\\secret.txt',
    '/assets/..%5c..%5csecret.txt',
    '//secret.txt',
    '/link.txt',
    '/secret.txt%00.js',
    `/${folder}/secret.txt`,
    '/assets',
    '/assets/'
  ]
  for (const path of paths) {
    const answer = await raw(port, `GET ${path} HTTP/1.1\r\nHost: localhost:${port}\r\nConnection: close\r\n\r\n`)
    expect(answer, path).toMatch(/^HTTP\/1\.1 404/)
    expect(answer, path).not.toContain('out of bounds')
  }
  const whole = await raw(port, `GET /%ff HTTP/1.1\r\nHost: localhost:${port}\r\nConnection: close\r\n\r\n`)
  expect(whole).toMatch(/^HTTP\/1\.1 400/)
  const absolute = await raw(
    port,
    `GET http://evil.test/ HTTP/1.1\r\nHost: localhost:${port}\r\nConnection: close\r\n\r\n`
  )
  expect(absolute).toMatch(/^HTTP\/1\.1 400/)
})

test('every answer carries the policy of the page, and none allows another origin', async () => {
  const { port } = await serve()
  const own = await fetch(`http://127.0.0.1:${port}/`)
  expect(await own.text()).toContain('<title>Daybook</title>')
  expect(own.headers.get('content-type')).toBe('text/html; charset=utf-8')
  const script = await fetch(`http://127.0.0.1:${port}/assets/app.js`)
  expect(script.headers.get('content-type')).toContain('text/javascript')
  const missing = await fetch(`http://127.0.0.1:${port}/nothing`)
  const api = await fetch(`http://127.0.0.1:${port}/api/ledgers`, { headers: { Authorization: authorization } })
  await Promise.all([script, missing, api].map(response => response.body?.cancel()))
  for (const { headers } of [own, script, missing, api]) {
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self';/)
    expect(headers.get('content-security-policy')).toContain("require-trusted-types-for 'script'")
    expect(headers.get('content-security-policy')).not.toContain('unsafe')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('access-control-allow-origin')).toBeNull()
  }
})

test('the server listens on the loopback addresses only, with one port', async () => {
  const { port } = await serve()
  expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200)
  const addresses = Object.values(networkInterfaces()).flat()
  if (addresses.some(address => address?.address === '::1')) {
    const six = await raw(port, `GET / HTTP/1.1\r\nHost: [::1]:${port}\r\nConnection: close\r\n\r\n`, '::1')
    expect(six).toMatch(/^HTTP\/1\.1 200/)
  }
  const outside = addresses.find(address => address && !address.internal && address.family === 'IPv4')
  if (outside) {
    // Whoever listens on every address holds this one too, and then it could not be taken.
    const other = createServer()
    await new Promise<void>((resolve, reject) => {
      other.once('error', reject)
      other.listen(port, outside.address, resolve)
    })
    other.close()
  }
})

test('a port that is taken and a page that is not built are said in a sentence', async () => {
  const { port } = await serve()
  await expect(serve({ port })).rejects.toThrow(`Port ${port} is taken: pass another one with --port, or none.`)
  await expect(serve({ page: join(folder, 'none') })).rejects.toThrow('not built: run npm run build')
})

interface Reader {
  next(): Promise<Record<string, unknown>>
  leave(): void
}

async function read(port: number, path: string): Promise<Reader> {
  const controller = new AbortController()
  const { signal } = controller
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { Authorization: authorization }, signal })
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toContain('application/x-ndjson')
  const chunks = (response.body as ReadableStream<Uint8Array>).getReader()
  const decoder = new TextDecoder()
  let buffer = ''
  return {
    async next() {
      while (!buffer.includes('\n')) {
        const { value, done } = await chunks.read()
        if (done) throw new Error('the stream has ended')
        buffer += decoder.decode(value, { stream: true })
      }
      const line = buffer.slice(0, buffer.indexOf('\n'))
      buffer = buffer.slice(line.length + 1)
      return JSON.parse(line)
    },
    leave: () => controller.abort()
  }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(resolve => setImmediate(resolve))
}

test('the list of ledgers comes at once and at each change', async () => {
  const store = handMadeStore({ 'run:test': two() })
  const { port } = await serve({ store })
  const reader = await read(port, '/api/ledgers')
  expect(await reader.next()).toMatchObject({ type: 'ledgers', ledgers: [{ name: 'run:test', length: 2 }] })
  store.add('run:other', two())
  expect(await reader.next()).toMatchObject({ type: 'ledgers', ledgers: [{ name: 'run:test' }, { name: 'run:other' }] })
  await store.remove('run:test')
  expect(await reader.next()).toMatchObject({ type: 'ledgers', ledgers: [{ name: 'run:other' }] })
})

test('a reader gets what is there, then what is appended, each once and in order', async () => {
  const store = handMadeStore({ 'run:test': two() })
  const { port } = await serve({ store })
  const reader = await read(port, '/api/events?ledger=run:test&from=1')
  expect(await reader.next()).toEqual({ type: 'hello', version: 1, ledger: 'run:test', length: 2 })
  expect(await reader.next()).toMatchObject({ type: 'append', from: 1, events: [{ id: 'e2' }] })
  store.add('run:test', [{ ...two()[0], id: 'e3' } as LedgerEvent])
  expect(await reader.next()).toMatchObject({ type: 'append', from: 2, events: [{ id: 'e3' }] })
})

test('a long ledger comes in batches of at most 500, and large events in smaller ones', async () => {
  const [event] = two()
  const many = Array.from({ length: 1_201 }, (_, index) => ({ ...event, id: `e${index}` }) as LedgerEvent)
  const data = { id: 'o', type: 'Text', data: { text: 'x'.repeat(600_000) } }
  const large = Array.from({ length: 3 }, (_, index) => ({ ...event, id: `large${index}`, data }) as LedgerEvent)
  const { port } = await serve({ store: handMadeStore({ 'run:test': [...many, ...large] }) })
  const reader = await read(port, '/api/events?ledger=run:test')
  await reader.next()
  const frames: { from: number; events: LedgerEvent[] }[] = []
  while ((frames.at(-1)?.events.length ?? 0) + (frames.at(-1)?.from ?? 0) < 1_204) {
    frames.push((await reader.next()) as never)
  }
  expect(frames.map(frame => frame.from)).toEqual([0, 500, 1000, 1203])
  expect(frames.flatMap(frame => frame.events.map(({ id }) => id))).toEqual([...many, ...large].map(({ id }) => id))
})

test('a reader that does not read holds the server back instead of filling its memory', async () => {
  const data = { id: 'o', type: 'Text', data: { text: 'x'.repeat(100_000) } }
  const big = Array.from({ length: 500 }, (_, index) => ({ ...two()[0], id: `e${index}`, data }) as LedgerEvent)
  const store = handMadeStore({ 'run:test': big })
  let taken = 0
  const counting = {
    ...store,
    async *read(name: string, from?: number) {
      for await (const event of store.read(name, from)) {
        taken++
        yield event
      }
    }
  }
  const server = await serve({ store: counting })
  const socket = connect(server.port, '127.0.0.1')
  socket.pause()
  const head = `GET /api/events?ledger=run:test HTTP/1.1\r\nHost: localhost:${server.port}\r\n`
  socket.write(`${head}Authorization: ${authorization}\r\n\r\n`)
  let before = -1
  while (before !== taken || taken === 0) {
    before = taken
    await new Promise(resolve => setTimeout(resolve, 100))
  }
  expect(taken).toBeLessThan(200)
  socket.destroy()
  await until(() => server.readers === 0)
})

test('deltas come live; those of a call that has ended by then are left out', async () => {
  const store = handMadeStore({ 'run:test': two() })
  const { port } = await serve({ store })
  const reader = await read(port, '/api/events?ledger=run:test&from=2')
  await reader.next()
  const [listener] = store.listeners
  const delta = { type: 'text.delta', text: 'hi' }
  listener?.signal?.({ request: 'open', n: 0, delta })
  expect(await reader.next()).toEqual({ type: 'signals', signals: [{ request: 'open', n: 0, delta }] })
  listener?.signal?.({ request: 'ended', n: 0, delta })
  listener?.signal?.({ request: 'open', n: 1, delta })
  store.add('run:test', [{ ...two()[0], id: 'e3', type: 'llm.failed', cause: ['ended'] } as LedgerEvent])
  expect(await reader.next()).toMatchObject({ type: 'append', from: 2 })
  expect(await reader.next()).toMatchObject({ type: 'signals', signals: [{ request: 'open', n: 1 }] })
})

test('a silent stream is kept alive by pings', async () => {
  const { port } = await serve({ pace: { pingMs: 30, pollMs: 10 } })
  const list = await read(port, '/api/ledgers')
  const ledger = await read(port, '/api/events?ledger=run:test&from=2')
  await list.next()
  await ledger.next()
  expect(await list.next()).toEqual({ type: 'ping' })
  expect(await ledger.next()).toEqual({ type: 'ping' })
})

test('an unknown ledger is 404, whatever it is called, and a wrong position 400', async () => {
  const { port } = await serve()
  const ask = async (query: string): Promise<number> =>
    (await fetch(`http://127.0.0.1:${port}/api/events?${query}`, { headers: { Authorization: authorization } })).status
  for (const name of ['run:none', '', '../../etc/passwd', '__proto__', 'x'.repeat(4_000)]) {
    expect(await ask(`ledger=${encodeURIComponent(name)}`), name.slice(0, 20)).toBe(404)
  }
  expect(await ask('from=0')).toBe(404)
  for (const from of ['-1', '1.5', 'NaN', '1e3', '9'.repeat(16)]) {
    expect(await ask(`ledger=run:test&from=${from}`), from).toBe(400)
  }
})

test('when a reader leaves, everything is let go of', async () => {
  const store = handMadeStore({ 'run:test': two() })
  const server = await serve({ store })
  const readers = await Promise.all([
    read(server.port, '/api/ledgers'),
    read(server.port, '/api/events?ledger=run:test'),
    read(server.port, '/api/events?ledger=run:test')
  ])
  await Promise.all(readers.map(reader => reader.next()))
  expect([server.readers, store.listeners.size]).toEqual([3, 2])
  for (const reader of readers) reader.leave()
  await until(() => server.readers === 0)
  expect(store.listeners.size).toBe(0)
})

test('a removed ledger ends its stream, and closing the server ends all', async () => {
  const store = handMadeStore({ 'run:test': two(), 'run:other': two() })
  const server = await serve({ store, pace: { pingMs: 20, pollMs: 20 } })
  const removed = await read(server.port, '/api/events?ledger=run:test&from=2')
  const other = await read(server.port, '/api/events?ledger=run:other&from=2')
  await Promise.all([removed.next(), other.next()])
  await store.remove('run:test')
  const end = async (reader: Reader): Promise<never> => {
    for (;;) await reader.next()
  }
  await expect(end(removed)).rejects.toThrow()
  await server.close()
  await expect(end(other)).rejects.toThrow()
  expect(store.listeners.size).toBe(0)
})

test('a store that fails is told to the terminal and costs one answer only', async () => {
  const store = handMadeStore({ 'run:test': two() })
  const warnings: string[] = []
  let broken = true
  const list = async () => {
    if (broken) throw new Error('the disk is gone')
    return store.list()
  }
  const { port } = await serve({ store: { ...store, list }, warn: ({ message }) => warnings.push(message) })
  const headers = { Authorization: authorization }
  expect((await fetch(`http://127.0.0.1:${port}/api/events?ledger=run:test`, { headers })).status).toBe(500)
  expect(warnings.join()).toContain('the disk is gone')
  broken = false
  const reader = await read(port, '/api/events?ledger=run:test')
  expect(await reader.next()).toMatchObject({ type: 'hello' })
})
