/** The request that is most like another one: what stood nearest to a question that the cache did not know. */
import { isRecord, list, record, string } from './read.js'

/** Neither of them makes it another question: notes about the call, and how its answer travels. */
const notes = new Set(['stream', 'stream_options', 'metadata', 'cause_object_id', 'dialog_id'])
/** Of each request so much is compared: a ledger may hold a dialog of a million messages. */
const maxMessages = 400
const maxText = 2000

/** What a request asks, without notes. */
export function question(data: unknown): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(record(data)).filter(([name, value]) => !notes.has(name) && value !== undefined)
  )
}

/**
 * The place of the request that is nearest in the list, which is read from its end: of two that are as near, the later
 * one. -1 for an empty list. Takes time linear in the list.
 */
export function nearestOf(asked: unknown, others: readonly unknown[]): number {
  const score = likeness(record(asked))
  let best = -1
  let most = -1
  for (let i = others.length - 1; i >= 0; i--) {
    const found = score(record(others[i]))
    if (found <= most) continue
    most = found
    best = i
  }
  return best
}

/** The same model, the same beginning, as many messages, and the same words in the last of them. */
function likeness(asked: Record<string, unknown>): (other: Record<string, unknown>) => number {
  const messages = list(asked.messages)
  const said = wordsOf(messages.at(-1))
  return other => {
    const theirs = list(other.messages)
    const longer = Math.min(maxMessages, Math.max(messages.length, theirs.length, 1))
    const same = sameBeginning(messages, theirs)
    let shared = 0
    const words = wordsOf(theirs.at(-1))
    for (const word of words) if (said.has(word)) shared++
    const either = words.size + said.size - shared
    return (
      (other.model === asked.model ? 1 : 0) +
      (theirs.length === messages.length ? 0.5 : 0) +
      same / longer +
      (either > 0 ? shared / either : 1)
    )
  }
}

/** How many messages at the beginning are equal. */
export function sameBeginning(a: readonly unknown[], b: readonly unknown[]): number {
  const most = Math.min(a.length, b.length, maxMessages)
  let same = 0
  while (same < most && equal(a[same], b[same], 0)) same++
  return same
}

/** Equal JSON, to a depth that no message has: below it nothing is said to be equal. */
function equal(a: unknown, b: unknown, depth: number): boolean {
  if (a === b) return true
  if (depth > 12) return false
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, i) => equal(item, b[i], depth + 1))
  }
  if (!isRecord(a) || !isRecord(b)) return false
  const keys = Object.keys(a)
  return (
    keys.length === Object.keys(b).length &&
    keys.every(key => Object.hasOwn(b, key) && equal(a[key], b[key], depth + 1))
  )
}

function wordsOf(message: unknown): Set<string> {
  const { content } = record(message)
  const text =
    string(content) ??
    list(content)
      .map(part => string(record(part).text) ?? '')
      .join(' ')
  return new Set(
    text
      .slice(0, maxText)
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu)
  )
}
