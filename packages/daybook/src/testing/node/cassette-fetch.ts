/** A cassette as the `fetch` of an SDK. */
import { ReplayMissError } from '../../errors.js'
import { type Asked, askedOf } from '../../fetch/asked.js'
import { again } from '../../fetch/kept.js'
import { alike, passedOn, within } from '../../fetch/passed-on.js'
import { recording } from '../../fetch/recording.js'
import { derivedId, type LedgerEvent } from '../../ledger/event.js'
import { recordedFailure } from '../../ledger/recorded-failure.js'
import { recordedStream } from '../../ledger/recorded-stream.js'
import { answerOf, type Terminal } from '../../ledger/recordings.js'
import type { Deck } from './cassette.js'
import { rendered } from './rendered.js'
import { scrubBody } from './scrubbed.js'
import type { FetchAnswered, Kept } from './shelf.js'

/** Of the answer, what may be said again. */
const saying =
  'content-type request-id x-request-id apim-request-id openai-model openai-version x-simulated x-should-retry'
const said = saying.split(' ')

export function cassetteFetch(deck: Deck): typeof fetch {
  const { mode, send, host } = deck

  async function answer(
    reading: Promise<Asked | undefined>,
    go: () => Promise<Response>,
    url: string
  ): Promise<Response> {
    const asked = await reading
    if (!asked) return unknown(go, url)
    asked.signal?.throwIfAborted()
    const { secrets } = asked.peer
    const stream = asked.body.stream === true
    let kept: Kept | undefined
    try {
      kept = deck.find(asked.request, { door: 'fetch', stream, target: asked.target }, secrets)
    } catch (error) {
      if (error instanceof ReplayMissError) return refusal(error)
      throw error
    }
    return kept ? given(kept, asked) : record(asked, go)
  }

  /** What asks no model. */
  function unknown(go: () => Promise<Response>, url: string): Response | Promise<Response> {
    if (mode !== 'replay') return go()
    const place = url.replace(/[?#].*$/s, '')
    const hint = "Answer it in the test, or use mode: 'live'."
    const message = `This is no request to a model, so that no cassette has it, and a replay asks nobody: ${place}`
    return refusal(deck.missed(new ReplayMissError(message, { hint })))
  }

  async function record(asked: Asked, go: () => Promise<Response>): Promise<Response> {
    const { secrets } = asked.peer
    let request: LedgerEvent | undefined
    let asItWas = true
    const ledger = {
      name: 'session:cassette',
      async append(events: readonly LedgerEvent[]) {
        request ??= events[0]
        asItWas = deck.write(events, secrets) && asItWas
        return 0
      },
      signal: () => {}
    }
    const follow = recording(asked, { ledger, host, actor: 'fetch' })
    const release = deck.hold()
    await within(follow.departed)
    let response: Response
    try {
      response = await go()
    } catch (error) {
      follow.fail(error)
      await within(follow.settled)
      release()
      throw error
    }
    const { followed, body } = overheard(response)
    void Promise.all([body, follow.settled]).then(([{ pieces, cut }]) => {
      if (request) {
        const data = answered(response, { asked, pieces, cut, asItWas })
        try {
          deck.write([noted(request, data)], secrets)
        } catch (error) {
          host.warn({ area: 'cassette', kind: 'write', message: `An answer was not kept: ${String(error)}` })
        }
      }
      release()
    })
    return passedOn(followed, follow)
  }

  function noted(request: LedgerEvent, data: FetchAnswered): LedgerEvent {
    const { id, source, actor } = request
    const timestamp = new Date(host.now()).toISOString()
    const type = 'fetch.answered'
    return { id: derivedId(type, source, id, actor, 0, host.sha256), type, source, actor, cause: [id], timestamp, data }
  }

  const door: typeof fetch = (input, init) => {
    const go = (): Promise<Response> => send(input, init)
    if (mode === 'live') return go()
    const url = typeof input === 'object' && 'url' in input ? input.url : String(input)
    try {
      return answer(askedOf(input, init, { fetch: send }) ?? Promise.resolve(undefined), go, url)
    } catch (error) {
      return Promise.reject(error)
    }
  }
  return (send as { simulated?: unknown }).simulated === true ? Object.assign(door, { simulated: true }) : door
}

/** A response that SDKs take for a fault of the request: they show its message and do not ask again. */
function refusal({ message }: Error): Response {
  const error = { type: 'replay_miss', code: 'replay_miss', message, param: null }
  return Response.json({ type: 'error', error }, { status: 400, headers: { 'x-should-retry': 'false' } })
}

interface Body {
  readonly pieces: readonly Uint8Array[]
  readonly cut?: FetchAnswered['cut']
}

/** The response with all that was read of it, once it has ended, broken off or been left. */
function overheard(response: Response): { readonly followed: Response; readonly body: Promise<Body> } {
  const { body, status, statusText, headers, url, redirected, type } = response
  if (!body || body.locked) return { followed: response, body: Promise.resolve({ pieces: [] }) }
  const reader = (body as ReadableStream<Uint8Array<ArrayBuffer>>).getReader()
  const pieces: Uint8Array[] = []
  let end: (body: Body) => void = () => {}
  const ended = new Promise<Body>(settle => {
    end = settle
  })
  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      start(controller) {
        reader.closed.catch((error: unknown) => {
          end({ pieces, cut: 'broken' })
          controller.error(error)
        })
      },
      async pull(controller) {
        const { done, value } = await reader.read()
        if (done) {
          end({ pieces })
          return controller.close()
        }
        pieces.push(value.slice())
        controller.enqueue(value)
      },
      cancel(reason) {
        end({ pieces, cut: 'left' })
        return reader.cancel(reason)
      }
    },
    { highWaterMark: 0 }
  )
  const followed = alike(new Response(stream, { status, statusText, headers }), { headers, url, redirected, type })
  return { followed, body: ended }
}

interface Overheard extends Body {
  readonly asked: Asked
  /** Nothing was taken out of its events: then there is nothing to take out of its bytes, keys aside. */
  readonly asItWas: boolean
}

function answered({ status, headers }: Response, { asked, pieces, cut, asItWas }: Overheard): FetchAnswered {
  const kept = asItWas ? textOf(pieces) : undefined
  const text = kept === undefined ? undefined : scrubBody(kept, asked.peer.secrets)
  return {
    status,
    headers: said.flatMap(name => {
      const value = headers.get(name)
      return value === null ? [] : [[name, value] as const]
    }),
    stream: asked.body.stream === true,
    ...(text === undefined ? {} : { text }),
    ...(text === undefined || text !== kept ? {} : { lengths: pieces.map(({ byteLength }) => byteLength) }),
    ...(cut ? { cut } : {})
  }
}

/** Undefined for what is no text. What was left may end within a character. */
function textOf(pieces: readonly Uint8Array[]): string | undefined {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  try {
    return pieces.map(piece => decoder.decode(piece, { stream: true })).join('')
  } catch {
    return undefined
  }
}

/** The answer again: byte for byte, or in its form; a failure as the SDK met it. */
function given({ recording, fetched }: Kept, asked: Asked): Response {
  const { url, body, target } = asked
  const terminal = recording.answer as Terminal
  const sameForm = fetched?.stream === (body.stream === true) && recording.target?.api === target.api
  if (fetched?.text !== undefined && sameForm) {
    const { status, text, lengths = [], cut } = fetched
    // A test does not wait as a refused program would.
    const headers = status < 400 ? fetched.headers : [...fetched.headers, atOnce]
    const end = (): Promise<void> => (cut ? Promise.reject(brokenOff(cut)) : Promise.resolve())
    return alike(again({ status, status_text: '', headers, text, lengths }, end), { url })
  }
  if (terminal.type === 'llm.response') {
    const { deltas } = recordedStream(terminal)
    return alike(rendered(target.api, answerOf(terminal as never), deltas, body), { url })
  }
  const { kind, message, status = 0 } = (terminal as LedgerEvent<'llm.failed'>).data
  if (status < 400) throw kind === 'aborted' ? brokenOff('left') : brokenOff('broken', terminal)
  const error = { type: kind, code: kind, message, param: null }
  return alike(Response.json({ type: 'error', error }, { status, headers: [[...atOnce]] }), { url })
}

const atOnce = ['retry-after-ms', '1'] as const

function brokenOff(cut: 'left' | 'broken', terminal?: Terminal): Error {
  if (cut === 'left') return new DOMException('The recording was left here.', 'AbortError')
  const cause = terminal ? recordedFailure(terminal as LedgerEvent<'llm.failed'>) : undefined
  return new TypeError('fetch failed: the recording broke off here', { cause })
}
