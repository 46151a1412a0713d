/**
 * What a chat provider wants back with its own message, beside the common form: signatures on calls (Gemini), reasoning
 * in pieces (OpenRouter), reasoning as text (DeepSeek, Moonshot). Kept of an answer, and put into later requests.
 */
import type { Json } from '../../json.js'
import type { Message } from '../llm.js'
import type { Profile } from './profile.js'
import { defined, type Keeper, list, record, text } from './wire.js'

type Fields = Readonly<Record<string, unknown>>

export function keeper({ reasoningBack }: Profile): Keeper {
  const details: Record<string, unknown>[] = []
  const growing = new Map<unknown, Record<string, unknown>>()
  let thoughts: string | undefined

  /**
   * In a stream the pieces of one kind and index are one, unless they name another id: its words are put together, and
   * everything else is what was said last. A signature holds for the whole only.
   */
  function takeDetail(piece: Fields, streamed: boolean): void {
    const { type, index, id } = piece
    const place = streamed && typeof index === 'number' ? `${type} ${index}` : piece
    const known = growing.get(place)
    if (!known || (id && known.id && id !== known.id)) {
      const begun = { ...piece }
      details.push(begun)
      growing.set(place, begun)
      return
    }
    for (const [name, value] of Object.entries(piece)) {
      if (worded.has(name) && typeof value === 'string') known[name] = text(known[name]) + value
      else if (value !== null || !Object.hasOwn(known, name)) known[name] = value
    }
  }

  return {
    message({ reasoning_details, reasoning_content }, streamed) {
      for (const detail of list(reasoning_details)) takeDetail(record(detail), streamed)
      if (reasoningBack && typeof reasoning_content === 'string') thoughts = (thoughts ?? '') + reasoning_content
    },

    call(call, { index: _index, id: _id, type: _type, function: _function, ...own }) {
      for (const [name, value] of Object.entries(own)) {
        if (value === null) continue
        call.own ??= {}
        call.own[name] = value
      }
    },

    content(calls) {
      const own = calls.flatMap(call => call.own ?? [])
      const content = defined({
        tool_calls: own.length > 0 ? own : undefined,
        reasoning_details: details.length > 0 ? details : undefined,
        reasoning_content: thoughts
      })
      return Object.keys(content).length > 0 ? (content as Json) : undefined
    }
  }
}

/** The members of a piece of reasoning that go on where the last one ended. */
const worded = new Set(['text', 'summary', 'data'])

export interface Kept {
  /** Beside the message. */
  readonly members: Fields
  /** Beside its calls, by their ids. */
  readonly calls: ReadonlyMap<unknown, Fields>
}

/** What goes back to who made it: another provider knows none of it. */
export function keptOf(native: Message['native'], { provider }: Profile, model: string): Kept {
  const mine = native?.api === 'chat' && (native.provider ?? provider) === provider
  const { tool_calls, reasoning_details, ...members } = record(mine ? native.content : undefined)
  const read = list(reasoning_details).filter(detail => readable(text(record(detail).format), model))
  return {
    members: { ...members, ...(read.length > 0 ? { reasoning_details: read } : {}) },
    calls: new Map(list(tool_calls).map(call => [record(call).id, record(call)]))
  }
}

/** The makers of models, by their models' names and by the formats of their reasoning. */
const makers = [/anthropic|claude/, /google|gemini/, /openai|gpt/, /\bx-?ai|grok/]

/** Behind one provider may stand several, and none reads the signatures of another. Whom we do not know may read all. */
function readable(format: string, model: string): boolean {
  const [by, to] = [format, model].map(name => makers.findIndex(maker => maker.test(name)))
  return by === to || by === -1 || to === -1
}
