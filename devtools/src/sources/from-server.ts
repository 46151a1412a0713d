/** Ledgers of a Node process: newline-delimited JSON over fetch, so that the token is a header and never an address. */
import { type Frame, frameVersion, parseFrame, silenceMs } from '../model/frames.js'
import { isRecord } from '../model/read.js'
import type { DevtoolsSource, ForkRequest, SourceStatus } from '../model/source.js'
import { lines } from './lines.js'

export interface ServerSourceOptions {
  /** The address of the page's own server, with a slash at its end. */
  readonly base: string
  readonly token: string
  readonly label?: string
  readonly fetch?: typeof fetch
  /** Silence after which the connection is taken for lost, in milliseconds. */
  readonly silenceMs?: number
  /** The wait before the n-th attempt in a row, in milliseconds. */
  readonly backoff?: (attempt: number) => number
}

const maxLine = 32 * 1024 * 1024

export function serverSource(options: ServerSourceOptions): DevtoolsSource {
  const { base, label = labelOf(base) } = options
  let noFork: string | undefined = readOnly
  let kits: readonly string[] | undefined
  let noVerify: string | undefined = 'This process does not say whether its ledgers are as they were written.'
  return {
    label,
    kind: 'node',
    get noFork() {
      return noFork
    },
    get kits() {
      return kits
    },
    get noVerify() {
      return noVerify
    },
    async fork(name, request, { signal, begun }) {
      const response = await send(options, 'api/fork', { ledger: name, ...orderOf(request) }, signal)
      if (!response.body) throw new Error('The process did not answer.')
      for await (const line of lines(response.body, maxLine)) {
        const frame = parseFrame(line)
        if (frame?.type === 'branch') begun(frame.ledger)
        else if (frame?.type === 'ended') return
        else if (frame?.type === 'failed') throw new Error(frame.message ?? 'The branch failed.')
      }
      throw new Error('The process ended before the branch did. What it had by then is in its ledger.')
    },
    async estimate(name, request) {
      return (await send(options, 'api/estimate', { ledger: name, ...orderOf(request) })).json()
    },
    async verify(name) {
      if (noVerify) throw new Error(noVerify)
      const verification: unknown = await (await send(options, `api/verify?ledger=${encodeURIComponent(name)}`)).json()
      if (!isRecord(verification) || typeof verification.ok !== 'boolean') throw new Error('The process did not say.')
      return verification as never
    },
    watch(listener, onStatus) {
      return connected(options, () => 'api/ledgers', {
        frame(frame) {
          if (frame.type !== 'ledgers') return
          noFork = frame.fork ? undefined : readOnly
          kits = frame.kits
          if (frame.verify) noVerify = undefined
          listener(frame.ledgers)
        },
        status: onStatus
      })
    },
    follow(name, follower) {
      let next = 0
      return connected(options, () => `api/events?ledger=${encodeURIComponent(name)}&from=${next}`, {
        frame(frame) {
          if (frame.type === 'hello' && frame.version > frameVersion) {
            throw new Refused('This page is older than the process it shows: reload it.')
          }
          if (frame.type === 'hello' && next > 0 && frame.length < next) {
            next = 0
            follower.reset?.()
            throw new Anew()
          }
          if (frame.type === 'append') {
            if (frame.from > next) throw new Error('Events are missing.') // ask again from where we are
            const fresh = frame.from < next ? frame.events.slice(next - frame.from) : frame.events
            if (fresh.length > 0) follower.events(next, fresh)
            next += fresh.length
          } else if (frame.type === 'signals') follower.signals(frame.signals)
        },
        status: status => follower.state?.(status)
      })
    }
  }
}

const readOnly = 'This process only shows its runs. To fork them, start it with --allow-fork.'

/** What the process is told: where and what, and never with which key. */
function orderOf({ position, id, change, strict }: ForkRequest): object {
  return { position, id, ...(change ? { change } : {}), ...(strict ? { strict } : {}) }
}

/** One request; what the process refuses is said in its own words. */
async function send(
  { base, token, fetch: ask = fetch }: ServerSourceOptions,
  path: string,
  body?: object,
  signal?: AbortSignal
): Promise<Response> {
  const response = await ask(new URL(path, base), {
    headers: { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
    cache: 'no-store',
    credentials: 'omit',
    redirect: 'error',
    ...(signal ? { signal } : {})
  })
  if (response.ok) return response
  const text = (await response.text()).trim().slice(0, 2000)
  const error = new Error(text || `The process answered ${response.status}.`)
  // What does not fit was looked at and refused; anything else says nothing of it.
  throw response.status === 400 ? Object.assign(error, { kind: 'refused' }) : error
}

/** An answer that asking again will not change. */
class Refused extends Error {}
/** What was asked for is not there now. */
class Missing extends Error {}
/** Asked again at once, from the beginning. */
class Anew extends Error {}

interface Connection {
  frame(frame: Frame): void
  status: ((status: SourceStatus) => void) | undefined
}

/** Keeps one stream open until it is ended: connects again after a loss, ever more slowly, and at once when it was fine. */
function connected(options: ServerSourceOptions, path: () => string, connection: Connection): () => void {
  const { base, token, silenceMs: silence = silenceMs } = options
  const ask = options.fetch ?? fetch
  const backoff = options.backoff ?? (attempt => Math.min(10_000, 250 * 2 ** attempt) * (0.75 + Math.random() / 2))
  let ended = false
  let attempt = 0
  let controller = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined

  const once = async (): Promise<void> => {
    controller = new AbortController()
    const { signal } = controller
    let watchdog = setTimeout(() => controller.abort(), silence)
    const alive = (): void => {
      clearTimeout(watchdog)
      watchdog = setTimeout(() => controller.abort(), silence)
    }
    try {
      const response = await ask(new URL(path(), base), {
        headers: { authorization: `Bearer ${token}`, accept: 'application/x-ndjson' },
        cache: 'no-store',
        credentials: 'omit',
        redirect: 'error',
        signal
      })
      if (!response.ok || !response.body) {
        await response.body?.cancel()
        throw refusal(response.status)
      }
      for await (const line of lines(response.body, maxLine)) {
        if (ended) return
        alive()
        const frame = parseFrame(line)
        if (!frame) continue
        if (attempt > 0 || frame.type !== 'ping') connection.status?.({ state: 'live' })
        attempt = 0
        connection.frame(frame)
      }
    } finally {
      clearTimeout(watchdog)
      controller.abort()
    }
  }

  const run = async (): Promise<void> => {
    connection.status?.({ state: 'connecting' })
    while (!ended) {
      let message = 'The connection ended.'
      try {
        await once()
      } catch (error) {
        if (ended) return
        if (error instanceof Refused) {
          connection.status?.({ state: 'closed', message: error.message })
          return
        }
        if (error instanceof Anew) continue
        message = error instanceof Missing ? error.message : 'The process cannot be reached. It is asked again.'
      }
      if (ended) return
      connection.status?.({ state: 'lost', message })
      const wait = backoff(attempt++)
      await new Promise<void>(resolve => {
        timer = setTimeout(resolve, wait)
      })
    }
  }
  void run()

  return () => {
    ended = true
    clearTimeout(timer)
    controller.abort()
  }
}

function refusal(status: number): Error {
  if (status === 401) return new Refused('The token is not the one of this process: open the address that it printed.')
  if (status === 403) return new Refused('The process does not answer to this address: open the one that it printed.')
  if (status === 404) return new Missing('This ledger is not there any more. It is asked for again.')
  return new Error(`The process answered ${status}.`)
}

function labelOf(base: string): string {
  const { port, host } = new URL(base)
  return port === '' ? host : `node :${port}`
}
