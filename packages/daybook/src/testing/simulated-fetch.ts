/** A provider that is not there: the same answer for the same request, at the pace of a real one, for nothing. */
import { InputError, shown } from '../errors.js'
import { canonical, isRecord } from '../json.js'
import type { Sleep } from '../llm/sleep.js'
import { sleep as realSleep } from '../llm/sleep.js'
import { simulatedAnswer } from './simulated-answer.js'
import { simulatedChat } from './simulated-chat.js'
import { simulatedMessages } from './simulated-messages.js'
import { refusalOf, requestOf, type SimulatedApi } from './simulated-request.js'
import { simulatedResponses } from './simulated-responses.js'
import { between } from './simulated-text.js'
import type { Frame, SimulatedWire } from './simulated-wire.js'

/** One figure, or the least and the most. */
export type Span = number | readonly [number, number]

export interface SimulatedOptions {
  /** Another seed gives other answers. */
  readonly seed?: string | number | undefined
  /** 2 is twice as fast; Infinity waits for nothing. */
  readonly speed?: number | undefined
  /** 150 to 600 unless said otherwise. */
  readonly firstDeltaMs?: Span | undefined
  /** 20 to 60 unless said otherwise. */
  readonly deltasPerSecond?: Span | undefined
  /** About how many words an answer has: 40 to 300 unless said otherwise. */
  readonly words?: Span | undefined
  readonly sleep?: Sleep | undefined
}

/** A `fetch`; `simulated` tells that it needs no key. */
export type SimulatedFetch = typeof fetch & { readonly simulated: true }

/**
 * A `fetch` that speaks Chat Completions (`…/chat/completions`), Responses (`…/responses`) and Messages (`…/messages`),
 * as JSON and as a stream. Answers depend on seed and request alone, and say that they are simulated; usage is
 * characters divided by four and carries `estimated: true`. An abort ends a wait at once. No address is ever fetched.
 *
 * What the model that is not there does:
 * - It quotes the question, which is the last text of a user, and says about as much as `words`. Answers that quote
 *   something else are short.
 * - Tools: it obeys `tool_choice`. Where it is free, it calls each tool whose name or description shares a word with
 *   the question, at once, with arguments that fit the schema and are made of the question's own names and figures;
 *   after the results it quotes them. A tool of computer use is called where the question speaks of screen or browser.
 * - Web search, where it is offered, finds sources at `example.org` that are called simulated, and cites them.
 * - JSON that is asked for by a schema fits the schema.
 * - Of images, documents and sound it says how many it was shown, of what kind and size.
 * - It ends with every `<tag>…</tag>` and every block of a language of which instructions or questions have an example.
 * - A question with the words "get it wrong first" is answered once without these tags or that JSON; what is said to
 *   that answer is taken as the wish for a right one.
 * - Thoughts are shown where they are asked for (`thinking`, or `reasoning.summary`).
 *
 * What real providers refuse is refused with 400: results without calls, calls without results, two results for one
 * call, a choice among tools that are not offered.
 */
export function simulatedFetch(options: SimulatedOptions = {}): SimulatedFetch {
  const { seed = 0, speed = 1, sleep = realSleep } = options
  if (!(speed > 0)) throw new InputError(`speed must be a number above 0, Infinity included, and not ${shown(speed)}.`)
  const words = span('words', options.words ?? [40, 300], 1)
  const firstDeltaMs = span('firstDeltaMs', options.firstDeltaMs ?? [150, 600], 0)
  const deltasPerSecond = span('deltasPerSecond', options.deltasPerSecond ?? [20, 60], 0.001)

  const simulate = async (input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> => {
    const asked = typeof input === 'object' && 'url' in input ? input : undefined
    const signal = init.signal ?? asked?.signal
    signal?.throwIfAborted()
    const url = asked?.url ?? String(input)
    const api = apiOf(url)
    const method = (init.method ?? asked?.method ?? 'GET').toUpperCase()
    if (!api) return failure(404, 'not_found_error', `The simulated provider has nothing at ${pathOf(url)}.`)
    if (method !== 'POST') return failure(405, 'invalid_request_error', `POST is expected here, not ${method}.`)
    const body = parsed(init.body == null && asked ? await asked.text() : await new Response(init.body).text())
    signal?.throwIfAborted()
    const request = body && requestOf(api, body)
    if (!request) {
      const said = api === 'responses' ? 'input' : 'messages'
      return failure(400, 'invalid_request_error', `A JSON object with model and ${said} is expected.`)
    }
    const refusal = refusalOf(api, body, request)
    if (refusal) return failure(400, 'invalid_request_error', refusal)

    const wire = wires[api]
    const { answer, dice } = simulatedAnswer(body, request, { seed, words })
    const rate = between([deltasPerSecond[0] * 1000, deltasPerSecond[1] * 1000], dice) / 1000
    const first = between(firstDeltaMs, dice) / speed
    let shownBefore = false
    const frames = wire.frames(answer, body).map(frame => {
      const pause = shownBefore ? ((0.5 + dice()) * 1000) / rate / speed : first
      shownBefore ||= frame.delta
      return { ...frame, waitMs: frame.delta ? pause : 0 }
    })
    const headers = { 'x-simulated': 'true', 'request-id': `req_simulated_${answer.id}` }
    if (body.stream !== true) {
      const wait = frames.reduce((sum, { waitMs }) => sum + waitMs, 0)
      if (wait > 0) await sleep(wait, signal ?? undefined)
      return Response.json(wire.json(answer, body), { headers })
    }
    return new Response(paced(frames, sleep, signal ?? undefined), {
      headers: { ...headers, 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' }
    })
  }
  return Object.assign(simulate, { simulated: true } as const)
}

/** The frames as bytes, each after its wait. An abort fails the body at once, leaving it ends the waits. */
function paced(
  frames: readonly (Frame & { readonly waitMs: number })[],
  sleep: Sleep,
  signal: AbortSignal | undefined
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder()
  const over = new AbortController()
  let next = 0
  let abort = (): void => {}
  const end = (): void => {
    over.abort()
    signal?.removeEventListener('abort', abort)
  }
  return new ReadableStream(
    {
      start: controller => {
        abort = () => {
          end()
          controller.error(signal?.reason)
        }
        signal?.addEventListener('abort', abort, { once: true })
      },
      pull: async controller => {
        const frame = frames[next++]
        if (frame && frame.waitMs > 0) await sleep(frame.waitMs, over.signal).catch(() => {})
        if (over.signal.aborted) return
        if (frame) return controller.enqueue(encoder.encode(frame.text))
        end()
        controller.close()
      },
      cancel: end
    },
    { highWaterMark: 0 }
  )
}

const wires: Readonly<Record<SimulatedApi, SimulatedWire>> = {
  chat: simulatedChat,
  responses: simulatedResponses,
  messages: simulatedMessages
}

function apiOf(url: string): SimulatedApi | undefined {
  const path = pathOf(url)
  if (path.endsWith('/chat/completions')) return 'chat'
  if (path.endsWith('/responses')) return 'responses'
  return path.endsWith('/messages') ? 'messages' : undefined
}

/** Works for an address without an origin too, as a page may use it. */
function pathOf(url: string): string {
  return url.replace(/[?#].*$/s, '').replace(/^[a-z]+:\/\/[^/]*/i, '')
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const body: unknown = JSON.parse(text)
    if (!isRecord(body)) return undefined
    canonical(body) // throws for what is nested without end, as the answer could not be made from it
    return body
  } catch {
    return undefined
  }
}

/** An error in the form that the APIs share. */
function failure(status: number, type: string, message: string): Response {
  return Response.json({ type: 'error', error: { type, message, code: null, param: null } }, { status })
}

function span(name: string, value: Span, least: number): readonly [number, number] {
  const [low, high] = typeof value === 'number' ? [value, value] : value
  if (low >= least && high >= low && Number.isFinite(high)) return [low, high]
  throw new InputError(`${name} must be a number of at least ${least}, or two in order, and not ${shown(value)}.`)
}
