import { expect, test } from 'vitest'
import { asked } from '../model/events.fixture.js'
import type { SourceStatus } from '../model/source.js'
import { serverSource } from './from-server.js'

/** One answered request: what was asked, and the body that is still open. */
interface Asked {
  readonly url: URL
  readonly authorization: string | null
  send(...frames: unknown[]): void
  text(text: string): void
  end(): void
}

/** A server that answers when the test says so. */
function server(): { fetch: typeof fetch; next(): Promise<Asked>; refuse(status: number): void } {
  const waiting: ((request: Asked) => void)[] = []
  const arrived: Asked[] = []
  let status = 200
  const give = (request: Asked): void => {
    const taker = waiting.shift()
    if (taker) taker(request)
    else arrived.push(request)
  }
  return {
    next: () =>
      new Promise(resolve => {
        const here = arrived.shift()
        if (here) resolve(here)
        else waiting.push(resolve)
      }),
    refuse(next) {
      status = next
    },
    fetch: (input, init) => {
      const encoder = new TextEncoder()
      let controller: ReadableStreamDefaultController<Uint8Array> | undefined
      const body = new ReadableStream<Uint8Array>({
        start(inner) {
          controller = inner
        }
      })
      init?.signal?.addEventListener('abort', () => {
        try {
          controller?.error(new DOMException('Aborted', 'AbortError'))
        } catch {
          // it has ended already
        }
      })
      const text = (piece: string): void => controller?.enqueue(encoder.encode(piece))
      give({
        url: new URL(String(input)),
        authorization: new Headers(init?.headers).get('authorization'),
        text,
        send: (...frames) => text(frames.map(frame => `${JSON.stringify(frame)}\n`).join('')),
        end: () => controller?.close()
      })
      return Promise.resolve(new Response(status === 200 ? body : null, { status }))
    }
  }
}

function follower() {
  const events: string[] = []
  const signals: number[] = []
  const states: string[] = []
  let wake = (): void => {}
  const woken = (): void => wake()
  return {
    events,
    signals,
    states,
    /** Resolves once the check holds; it is looked at after every call. */
    until: (check: () => boolean) =>
      new Promise<void>(resolve => {
        wake = () => {
          if (check()) resolve()
        }
        wake()
      }),
    listener: {
      events(from: number, batch: readonly { id: string }[]) {
        expect(from).toBe(events.length)
        events.push(...batch.map(event => event.id))
        woken()
      },
      signals(batch: readonly { n: number }[]) {
        signals.push(...batch.map(signal => signal.n))
        woken()
      },
      state(status: SourceStatus) {
        states.push(status.state)
        woken()
      }
    }
  }
}

const options = { base: 'http://127.0.0.1:4711/', token: 'secret', backoff: () => 0 }

test('the token is a header, never an address', async () => {
  const { fetch, next } = server()
  const stop = serverSource({ ...options, fetch }).watch(() => {})
  const request = await next()
  expect(request.authorization).toBe('Bearer secret')
  expect(request.url.href).toBe('http://127.0.0.1:4711/api/ledgers')
  stop()
})

test('frames come in whatever pieces they are sent', async () => {
  const { fetch, next } = server()
  const seen = follower()
  const stop = serverSource({ ...options, fetch }).follow('run:8', seen.listener)
  const request = await next()
  const line = JSON.stringify({ type: 'append', from: 0, events: [asked('q1', 'Växjö?')] })
  request.send({ type: 'hello', version: 1, ledger: 'run:8', length: 1 })
  request.text(line.slice(0, 40))
  request.text(`${line.slice(40)}\n{"type":"unknown"}\nrubbish\n`)
  request.send({ type: 'signals', signals: [{ request: 'q1', n: 0, delta: { type: 'text.delta', text: 'a' } }] })
  await seen.until(() => seen.signals.length === 1)
  expect(seen.events).toEqual(['q1'])
  stop()
})

test('after a loss it asks from its position on, and repeats nothing', async () => {
  const { fetch, next } = server()
  const seen = follower()
  const stop = serverSource({ ...options, fetch }).follow('run:8', seen.listener)
  const first = await next()
  first.send({ type: 'append', from: 0, events: [asked('q1', 'a'), asked('q2', 'b')] })
  await seen.until(() => seen.events.length === 2)
  first.end()
  const second = await next()
  expect(second.url.searchParams.get('from')).toBe('2')
  second.send({ type: 'append', from: 1, events: [asked('q2', 'b'), asked('q3', 'c')] })
  await seen.until(() => seen.events.length === 3)
  expect(seen.events).toEqual(['q1', 'q2', 'q3'])
  expect(seen.states).toContain('lost')
  stop()
})

test('a hole in the positions is asked for again', async () => {
  const { fetch, next } = server()
  const seen = follower()
  const stop = serverSource({ ...options, fetch }).follow('run:8', seen.listener)
  ;(await next()).send({ type: 'append', from: 5, events: [asked('q6', 'f')] })
  expect((await next()).url.searchParams.get('from')).toBe('0')
  expect(seen.events).toEqual([])
  stop()
})

test('silence is a loss', async () => {
  const { fetch, next } = server()
  const seen = follower()
  const stop = serverSource({ ...options, fetch, silenceMs: 20 }).follow('run:8', seen.listener)
  await next()
  await next()
  expect(seen.states).toContain('lost')
  stop()
})

test('a wrong token is told once and not tried again', async () => {
  const { fetch, next, refuse } = server()
  refuse(401)
  const states: SourceStatus[] = []
  await new Promise<void>(resolve => {
    serverSource({ ...options, fetch }).watch(
      () => {},
      status => {
        states.push(status)
        if (status.state === 'closed') resolve()
      }
    )
  })
  await next()
  expect(states.at(-1)?.message).toMatch(/token/)
})

test('a ledger that is not there is asked for again, and said to be gone meanwhile', async () => {
  const { fetch, next, refuse } = server()
  const seen = follower()
  const said: (string | undefined)[] = []
  const state = (status: SourceStatus): void => {
    said.push(status.message)
    seen.listener.state(status)
  }
  const stop = serverSource({ ...options, fetch }).follow('run:8', { ...seen.listener, state })
  refuse(404)
  ;(await next()).end()
  await next()
  refuse(200)
  const there = await next()
  expect(said.at(-1)).toContain('not there any more')
  there.send({ type: 'hello', version: 1, ledger: 'run:8', length: 1 })
  there.send({ type: 'append', from: 0, events: [asked('q1', 'a')] })
  await seen.until(() => seen.events.length === 1)
  expect(seen.states.at(-1)).toBe('live')
  stop()
})

test('a ledger that is shorter than what was read is another one, and begun anew', async () => {
  const { fetch, next } = server()
  const seen = follower()
  const stop = serverSource({ ...options, fetch }).follow('run:8', {
    ...seen.listener,
    reset: () => void seen.events.splice(0)
  })
  const first = await next()
  first.send({ type: 'hello', version: 1, ledger: 'run:8', length: 2 })
  first.send({ type: 'append', from: 0, events: [asked('q1', 'a'), asked('q2', 'b')] })
  await seen.until(() => seen.events.length === 2)
  first.end()
  const second = await next()
  expect(second.url.searchParams.get('from')).toBe('2')
  second.send({ type: 'hello', version: 1, ledger: 'run:8', length: 1 })
  const third = await next()
  expect(third.url.searchParams.get('from')).toBe('0')
  third.send({ type: 'hello', version: 1, ledger: 'run:8', length: 1 })
  third.send({ type: 'append', from: 0, events: [asked('p1', 'c')] })
  await seen.until(() => seen.events[0] === 'p1')
  expect(seen.events).toEqual(['p1'])
  stop()
})
