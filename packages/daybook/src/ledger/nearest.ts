/** What is said where nothing was recorded for a request: which recording is most like it, and what differs. */
import { jsonDigest } from '../cache/key.js'
import { type DaybookError, ReplayMissError } from '../errors.js'
import { isRecord, type Json } from '../json.js'
import { type LLMRequest, type Message, withoutPrivate } from '../llm/llm.js'
import { diffFields, type FieldChange } from '../world/diff-worlds.js'
import { isWhole } from './readable.js'
import { type Recording, withoutNotes } from './recordings.js'

/** More are not kept: they would not be read. */
const maxFields = 100

/**
 * The error of a request without a recording. `data.nearest` is the request id of the recording that is most like it,
 * where there is any, and `data.fields` says what differs from there to the request. Takes time linear in the
 * recordings.
 */
export function missOf(
  request: LLMRequest,
  recordings: readonly Recording[],
  { said = `There is no recording of this request to ${quoted(request.model)}`, hint = anew, ...more }: MissWords = {}
): DaybookError {
  const asked = counted(request)
  const nearest = nearestOf(asked, recordings)
  if (!nearest) return new ReplayMissError(`${said}: nothing was recorded.`, { hint, data: { ...more, fields: [] } })
  const fields = diffFields(counted(nearest.request), asked).slice(0, maxFields)
  const data = { ...more, nearest: nearest.requestId, fields }
  return new ReplayMissError(`${said}. ${difference(nearest, fields)}`, { hint, data })
}

/** What is said before the nearest is named, without a full stop, and what to do. The rest is in the error's data. */
interface MissWords {
  readonly said?: string
  readonly hint?: string
  readonly position?: number
}

const anew = 'Record the run anew, or say with onMiss who answers what is not recorded.'

/** The members that make it another request; keys and headers are nobody's to see. */
function counted(request: LLMRequest): LLMRequest {
  const { stream: _stream, stream_options: _options, ...asked } = withoutPrivate(withoutNotes(request))
  return asked as LLMRequest
}

function difference({ requestId, answer }: Recording, fields: readonly FieldChange[]): string {
  if (fields.length > 0) return `The nearest, ${requestId}, differs ${inWords(fields, 'is asked')}.`
  return answer && isWhole(answer)
    ? `${requestId} is the same, but went to another provider.`
    : `${requestId} is the same, but has no answer.`
}

/** Where and how something differs from what is recorded: `at /model: "a" is recorded, "b" is asked`. */
export function inWords(fields: readonly FieldChange[], verb: string): string {
  const [first, ...others] = fields
  const [before, after] = apart(first?.before, first?.after)
  const more = others.length > 0 ? `, and in ${others.length} more ${others.length > 1 ? 'places' : 'place'}` : ''
  return `at ${first?.path || '/'}: ${before} is recorded, ${after} ${verb}${more}`
}

/** Two values in few words; of two texts, the place where they part. */
function apart(before: Json | undefined, after: Json | undefined): [string, string] {
  if (typeof before !== 'string' || typeof after !== 'string') return [quoted(before), quoted(after)]
  let same = 0
  while (same < before.length && before[same] === after[same]) same++
  const from = same > 40 ? same - 20 : 0
  const cut = (text: string): string => quoted(`${from > 0 ? '…' : ''}${text.slice(from, from + 60)}`)
  return [cut(before), cut(after)]
}

/** A value in few words. */
export function quoted(value: unknown): string {
  if (value === undefined) return 'nothing'
  const text = JSON.stringify(value)
  return text.length > 100 ? `${text.slice(0, 99)}…` : text
}

function nearestOf(request: LLMRequest, recordings: readonly Recording[]): Recording | undefined {
  const digests = messagesOf(request).map(message => jsonDigest(message))
  const said = wordsOf(messagesOf(request).at(-1))
  let best: Recording | undefined
  let most = -1
  for (const recording of recordings) {
    const score = similarity(request, digests, said, recording.request)
    if (score > most) {
      most = score
      best = recording
    }
  }
  return best
}

/** The same model, the same beginning, as many messages, and the same words in the last of them. */
function similarity(
  request: LLMRequest,
  digests: readonly string[],
  said: ReadonlySet<string>,
  other: LLMRequest
): number {
  const messages = messagesOf(other)
  const longer = Math.max(messages.length, digests.length, 1)
  let same = 0
  while (same < digests.length && same < messages.length && jsonDigest(messages[same]) === digests[same]) same++
  const words = wordsOf(messages.at(-1))
  let shared = 0
  for (const word of words) if (said.has(word)) shared++
  const either = words.size + said.size - shared
  return (
    (other.model === request.model ? 1 : 0) +
    (messages.length === digests.length ? 0.5 : 0) +
    same / longer +
    (either > 0 ? shared / either : 1)
  )
}

function messagesOf({ messages }: LLMRequest): readonly Message[] {
  return Array.isArray(messages) ? messages : []
}

/** Of the first 2,000 characters: enough to tell questions apart. */
function wordsOf(message: Message | undefined): Set<string> {
  const content = message?.content
  const parts: readonly unknown[] = Array.isArray(content) ? content : [{ text: content }]
  const text = parts.map(part => (isRecord(part) && typeof part.text === 'string' ? part.text : '')).join(' ')
  return new Set(
    text
      .slice(0, 2000)
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu)
  )
}
