/** The messages of a dialog as links that point back, so that dialogs share what they have in common. */
import { InputError, shown } from '../errors.js'
import type { DialogMessage } from './message.js'

/** The last message of a chain, with the chain before it. Never changed: whoever appends makes a new link. */
export interface Link {
  readonly message: DialogMessage
  readonly before: Link | undefined
  readonly first: DialogMessage
  /** Of the chain up to here. */
  readonly length: number
  /** A link further back, so chosen that any link is found in a logarithm of steps. */
  readonly jump: Link | undefined
}

export function linked(before: Link | undefined, message: DialogMessage): Link {
  const near = before?.jump
  // Two jumps of equal length become one of twice that length, as in counting with carries.
  const equal = lengthOf(before) - lengthOf(near) === lengthOf(near) - lengthOf(near?.jump)
  const jump = equal ? near?.jump : before
  return { message, before, first: before?.first ?? message, length: lengthOf(before) + 1, jump }
}

export function lengthOf(link: Link | undefined): number {
  return link?.length ?? 0
}

/** All messages up to this link, in order, frozen. */
export function messagesOf(link: Link | undefined): readonly DialogMessage[] {
  const messages = new Array<DialogMessage>(lengthOf(link))
  for (let at = link; at; at = at.before) messages[at.length - 1] = at.message
  return Object.freeze(messages)
}

/** The chain as it was when it had so many messages. */
export function cutBack(link: Link | undefined, length: number): Link | undefined {
  let at = link
  while (at && at.length > length) at = lengthOf(at.jump) >= length ? at.jump : at.before
  return at
}

/** What a fork of a chain holds, and what was understood of the numbers that were asked for. */
export interface Selection {
  readonly link: Link | undefined
  readonly lastN: number
  readonly firstK: number
}

/**
 * The newest `lastN` messages with the first `firstK` before them, none of them twice. All of them, which copies
 * nothing, where `lastN` is not above 0, is the length or more, or leaves nothing out. Results of tools stay with their
 * calls, since no provider takes the one without the other: either number grows until no result is torn off.
 * @throws InputError for what is no whole number.
 */
export function selected(link: Link | undefined, lastN: number, firstK: number): Selection {
  checkWhole('lastN', lastN)
  checkWhole('firstK', firstK)
  const length = lengthOf(link)
  if (lastN <= 0 || lastN >= length) return { link, lastN: 0, firstK: Math.max(firstK, 0) }
  const newest: DialogMessage[] = []
  let at = link
  for (; at && (newest.length < lastN || newest.at(-1)?.role === 'tool'); at = at.before) newest.push(at.message)
  const last = newest.length
  let first = Math.min(Math.max(firstK, 0), length - last)
  while (first > 0 && first + last < length && cutBack(link, first + 1)?.message.role === 'tool') first++
  if (first + last === length) return { link, lastN: last, firstK: first }
  let made = cutBack(link, first)
  for (const message of newest.reverse()) made = linked(made, message)
  return { link: made, lastN: last, firstK: first }
}

function checkWhole(name: string, value: unknown): void {
  if (!Number.isSafeInteger(value)) throw new InputError(`${name} must be a whole number, not ${shown(value)}.`)
}
