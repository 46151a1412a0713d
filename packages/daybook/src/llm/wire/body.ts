/** Reads the body of an answer: server-sent events or one JSON, told apart by how they begin. */
import { createParser, type EventSourceMessage } from 'eventsource-parser'
import { ResponseTooLargeError, StreamProtocolError } from '../../errors.js'
import type { Exchange, Source } from './exchange.js'
import { about, cutOff, disconnected, failure, lacking, notJson, redirected, requestIdOf } from './failure.js'
import { type Ending, nameOf, type Peer, parsed } from './wire.js'

const maxEvent = 32 * 1024 * 1024
const maxErrorBody = 65_536

/** What an HTTP response stands for: an error, or a source of events. */
export async function answered(response: Response, exchange: Exchange): Promise<Source> {
  const { peer, timer, streamed } = exchange
  timer.enter(streamed ? 'first' : 'idle')
  const { status, headers } = response
  peer.requestId = requestIdOf(headers)
  const moved = response.type === 'opaqueredirect' || (status >= 300 && status < 400)
  if (moved) throw redirected(peer, status)
  if (!response.ok) throw failure(await beginning(response), peer, status, headers)
  return reading(response, exchange)
}

/** As much of an error's body as anybody wants to read; what breaks off is enough. */
async function beginning(response: Response): Promise<string> {
  const source = response.body?.getReader()
  const decoder = new TextDecoder()
  let text = ''
  const patience = setTimeout(() => source?.cancel().catch(() => {}), 2000)
  try {
    for (let size = 0; source && size < maxErrorBody; ) {
      const { done, value } = await source.read()
      if (done) return text
      size += value.byteLength
      text += decoder.decode(value, { stream: true })
    }
    await source?.cancel()
  } catch {
    // The status alone says what it is.
  } finally {
    clearTimeout(patience)
  }
  return text
}

function reading(response: Response, { reader, peer, timer, maxBytes, streamed }: Exchange): Source {
  const events = response.headers.get('content-type')?.includes('event-stream') ?? false
  const source = response.body?.getReader()
  const decoder = new TextDecoder()
  let size = 0
  let ending: Ending | undefined
  let content = false
  let take: ((text: string) => void) | undefined
  const pieces: string[] = []

  function onEvent({ data, event }: EventSourceMessage): void {
    if (ending || data === '') return
    if (event !== 'ping') content = true
    if (data.startsWith('[DONE]') || reader.event(frame(data, peer), event)) ending = 'done'
  }

  /** Begins with the first character that says something: JSON and web pages begin as no event stream does. */
  function begin(text: string): void {
    const start = text.trimStart()
    if (start === '') return
    const whole = /^[{["<]/.test(start) || !(events || /^[deir:]/.test(start))
    take = whole ? piece => pieces.push(piece) : eventParser(onEvent, peer)
    take(start)
  }

  function end(): Ending {
    if (pieces.length > 0) {
      const body = pieces.join('') + decoder.decode()
      const json = parsed(body)
      if (json === undefined) throw notJson(body, peer)
      reader.whole(json)
      return 'done'
    }
    if (take) return 'closed'
    throw streamed && response.status !== 204 ? cutOff(peer, ': it has no events') : lacking('body', '', peer)
  }

  /** Reads what comes after the end, so that the connection can be used again; a server that never closes is left. */
  async function drain(): Promise<void> {
    const patience = setTimeout(close, 500)
    try {
      while (!(await source?.read())?.done);
    } catch {
      // The answer was complete.
    } finally {
      clearTimeout(patience)
    }
  }

  function close(): void {
    source?.cancel().catch(() => {}) // it may have failed already
  }

  return {
    close,
    async pull() {
      let value: Uint8Array | undefined
      try {
        value = (await source?.read())?.value
      } catch (error) {
        throw disconnected(error, peer, true)
      }
      if (!value) return end()
      size += value.byteLength
      if (size > maxBytes) throw tooLarge(peer, 'the answer', maxBytes)
      content = pieces.length > 0
      ;(take ?? begin)(decoder.decode(value, { stream: true }))
      timer.seen(content)
      if (ending) void drain()
      return ending
    }
  }
}

/** Finds the events in an event stream's text, however it is cut. */
export function eventParser(onEvent: (event: EventSourceMessage) => void, peer: Peer): (text: string) => void {
  const parser = createParser({
    maxBufferSize: maxEvent,
    onEvent,
    onError({ type }) {
      // What else it complains about, the standard says to ignore.
      if (type === 'max-buffer-size-exceeded') throw tooLarge(peer, 'one event', maxEvent)
    }
  })
  return parser.feed
}

function frame(data: string, peer: Peer): unknown {
  const json = parsed(data)
  if (json === undefined) {
    throw new StreamProtocolError(
      `${nameOf(peer)} sent an event that is not JSON (${data.length} characters).`,
      about(peer)
    )
  }
  return json
}

function tooLarge(peer: Peer, what: string, limit: number): Error {
  return new ResponseTooLargeError(`${nameOf(peer)}: ${what} is larger than ${limit / 1_048_576} MB.`, about(peer))
}
