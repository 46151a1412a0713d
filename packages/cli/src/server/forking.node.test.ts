import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { InputError } from 'daybook/errors'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { events, handMadeStore } from '../testing/hand-made.js'
import { type ForkOrder, type Forks, orderFrom } from './forking.js'
import { maxBody } from './guard.js'
import { type DevtoolsServer, serveDevtools } from './serve.js'

let page = ''
const servers: DevtoolsServer[] = []
beforeAll(async () => {
  page = await mkdtemp(join(tmpdir(), 'daybook-fork-'))
  await writeFile(join(page, 'index.html'), '<!doctype html><title>Daybook</title>')
})
afterAll(() => rm(page, { recursive: true }))
afterEach(async () => {
  await Promise.all(servers.splice(0).map(server => server.close()))
})

const token = 'a-token-of-128-bits-22'
const json = 'application/json'
const order = { ledger: 'run:test', position: 1, id: 'b2', change: { set: { id: 'x' } } }
const estimate = { reused: 1, calls: 2, costUsd: { low: 0.01, high: 0.02 } }

async function serve(forks?: Partial<Forks>): Promise<{ port: number; orders: ForkOrder[] }> {
  const orders: ForkOrder[] = []
  const store = handMadeStore({ 'run:test': events({ type: 'object.created', data: { id: 'g', type: 'Goal' } }) })
  const whole: Forks = {
    estimate: async given => {
      orders.push(given)
      return estimate
    },
    prepare: async given => {
      orders.push(given)
      return async begun => begun(`branch:${given.id}`)
    },
    ...forks
  }
  const options = { store, token, page, pace: { pollMs: 20, pingMs: 20 } }
  const server = await serveDevtools({ ...options, ...(forks ? { forks: whole } : {}) })
  servers.push(server)
  return { port: server.port, orders }
}

interface Sent {
  readonly path?: string
  readonly body?: string
  /** In place of those of a page of our own; undefined leaves one out. */
  readonly headers?: Record<string, string | undefined>
}

/** As a page sends it: `fetch` of Node would not let a test choose Host and Origin. */
function send(port: number, { path = '/api/fork', body = JSON.stringify(order), headers = {} }: Sent = {}) {
  const all = {
    Authorization: `Bearer ${token}`,
    'Content-Type': json,
    'Content-Length': String(Buffer.byteLength(body)),
    Origin: `http://127.0.0.1:${port}`,
    'Sec-Fetch-Site': 'same-origin',
    ...headers
  }
  const given = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
  return new Promise<{ status: number; text: string }>((resolve, reject) => {
    const request = httpRequest(
      { host: '127.0.0.1', port, path, method: 'POST', headers: given as never },
      response => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', chunk => {
          text += chunk
        })
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
        response.on('error', reject)
      }
    )
    request.on('error', reject)
    request.end(body)
  })
}

test('a page of our own with the token forks, and hears of the branch and of its end', async () => {
  const { port, orders } = await serve({})
  const { status, text } = await send(port)
  expect(status).toBe(200)
  expect(
    text
      .trim()
      .split('\n')
      .map(line => JSON.parse(line))
  ).toEqual([{ type: 'branch', ledger: 'branch:b2' }, { type: 'ended' }])
  expect(orders).toEqual([order])
  const asked = await send(port, { path: '/api/estimate' })
  expect([asked.status, JSON.parse(asked.text)]).toEqual([200, estimate])
})

test('without --allow-fork nothing is forked, whoever asks', async () => {
  const { port } = await serve()
  for (const path of ['/api/fork', '/api/estimate']) {
    const { status, text } = await send(port, { path })
    expect(status).toBe(403)
    expect(text).toContain('--allow-fork')
  }
})

test('a wrong token, a foreign Origin, null, another site and a foreign Host are refused before anything is read', async () => {
  const { port, orders } = await serve({})
  const refused: [number, Record<string, string | undefined>][] = [
    [401, { Authorization: 'Bearer wrong' }],
    [401, { Authorization: undefined }],
    [403, { Origin: 'http://evil.test' }],
    [403, { Origin: 'null' }],
    [403, { Origin: `http://localhost:${port}` }],
    [403, { Origin: 'http://127.0.0.1:5173' }],
    [403, { 'Sec-Fetch-Site': 'cross-site' }],
    [403, { 'Sec-Fetch-Site': 'same-site' }],
    [403, { Host: 'evil.test' }]
  ]
  for (const path of ['/api/fork', '/api/estimate']) {
    for (const [status, headers] of refused) {
      expect((await send(port, { path, headers })).status, `${path} ${JSON.stringify(headers)}`).toBe(status)
    }
  }
  expect(orders).toEqual([])
})

test('what is not said to be JSON is refused: a form of another page cannot say so', async () => {
  const { port, orders } = await serve({})
  for (const type of [
    undefined,
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data',
    'application/jsonx'
  ]) {
    expect((await send(port, { headers: { 'Content-Type': type } })).status, String(type)).toBe(415)
  }
  expect((await send(port, { headers: { 'Content-Type': 'application/json; charset=utf-8' } })).status).toBe(200)
  expect(orders).toHaveLength(1)
})

test('a body that is too long, of unknown length, or no order is refused', async () => {
  const { port, orders } = await serve({})
  const huge = JSON.stringify({ ...order, change: { set: { text: 'x'.repeat(maxBody) } } })
  expect(
    await send(port, { body: huge }).then(
      answer => answer.status,
      () => 413
    )
  ).toBe(413)
  const chunked = { 'Content-Length': undefined, 'Transfer-Encoding': 'chunked' }
  expect((await send(port, { headers: chunked })).status).toBe(411)
  for (const body of ['', '{', '[]', 'null', '{"ledger":1}']) {
    expect((await send(port, { body })).status, body).toBe(400)
  }
  expect((await send(port, { body: JSON.stringify({ ...order, ledger: '../../etc/passwd' }) })).status).toBe(404)
  expect(orders).toEqual([])
})

test('no kit, path, command or address is taken from a page', () => {
  for (const extra of [
    { kit: './evil.mjs' },
    { path: '/etc' },
    { baseURL: 'http://evil.test' },
    { key: 'x' },
    { options: {} }
  ]) {
    expect(orderFrom(JSON.stringify({ ...order, ...extra })), JSON.stringify(extra)).toMatch(/is not taken from a page/)
  }
  for (const id of ['../x', '', 'a/b', '.hidden', 'x'.repeat(81)]) {
    expect(orderFrom(JSON.stringify({ ...order, id })), id).toMatch(/^id takes/)
  }
  for (const position of [-1, 1.5, '3', null]) {
    expect(orderFrom(JSON.stringify({ ...order, position }))).toMatch(/^position takes/)
  }
  expect(orderFrom(JSON.stringify({ ...order, change: { set: {}, kit: 'x' } }))).toMatch(/^change takes/)
  expect(orderFrom(JSON.stringify(order))).toEqual(order)
  for (const strict of ['true', 1, null, {}]) {
    expect(orderFrom(JSON.stringify({ ...order, strict }))).toBe('strict takes true or false.')
  }
  expect(orderFrom(JSON.stringify({ ...order, strict: false }))).toEqual(order)
  expect(orderFrom(JSON.stringify({ ...order, strict: true }))).toEqual({ ...order, strict: true })
  const change = { event: 'x', insert: { 'messages.0': {} }, remove: ['temperature'] }
  expect(orderFrom(JSON.stringify({ ...order, change }))).toEqual({ ...order, change })
  const wrong: [object, RegExp][] = [
    [{ set: [] }, /^change\.set takes/],
    [{ insert: 'x' }, /^change\.insert takes/],
    [{ remove: 'temperature' }, /^change\.remove takes/],
    [{ remove: [1] }, /^change\.remove takes/],
    [{ event: 1 }, /^change\.event takes/]
  ]
  for (const [change, why] of wrong) expect(orderFrom(JSON.stringify({ ...order, change }))).toMatch(why)
})

test('what the process cannot do is told in its words, and what fails later too', async () => {
  const unknown = async (): Promise<never> => {
    throw new InputError('The kit "mine" is not known to this process.')
  }
  const first = await serve({ prepare: unknown })
  expect(await send(first.port)).toEqual({ status: 400, text: 'The kit "mine" is not known to this process.\n' })
  const second = await serve({
    prepare: async () => async begun => {
      begun('branch:b2')
      throw new Error('The disk is full.')
    }
  })
  const { text } = await send(second.port)
  expect(text).toContain('{"type":"failed","message":"The fork failed: The disk is full."}')
})

test('a reader that leaves ends the branch', async () => {
  let ended: ((value: unknown) => void) | undefined
  const stopped = new Promise(resolve => {
    ended = resolve
  })
  const { port } = await serve({
    prepare: async () => (begun, signal) => {
      begun('branch:b2')
      return new Promise(resolve =>
        signal.addEventListener('abort', () => {
          ended?.('stopped')
          resolve()
        })
      )
    }
  })
  const controller = new AbortController()
  const response = await fetch(`http://127.0.0.1:${port}/api/fork`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': json },
    body: JSON.stringify(order),
    signal: controller.signal
  })
  const reader = response.body?.getReader()
  expect(new TextDecoder().decode((await reader?.read())?.value)).toContain('branch:b2')
  controller.abort()
  expect(await stopped).toBe('stopped')
})
