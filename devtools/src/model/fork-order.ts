/** Which messages a fork asks with, and in which order: some left out, some put in, some moved. */
import type { Json } from 'daybook'
import type { Added, Edits, RequestForm } from './fork-draft.js'

/** As they are shown: recorded ones by their index, those left out among them, added ones by their id, which is below 0. */
export function orderOf({ messages }: RequestForm, { order, added }: Edits): readonly number[] {
  return order ?? [...messages.map(({ index }) => index), ...added.map(({ id }) => id)]
}

/** With a new message before this one; left out: behind the last. */
export function withMessage(form: RequestForm, edits: Edits, before?: number): Edits {
  const order = orderOf(form, edits)
  const id = Math.min(0, ...edits.added.map(message => message.id)) - 1
  const at = before === undefined ? order.length : order.indexOf(before)
  return { ...edits, added: [...edits.added, { id, role: 'user', text: '' }], order: order.toSpliced(at, 0, id) }
}

export function withoutMessage(form: RequestForm, edits: Edits, message: number): Edits {
  if (message >= 0) return { ...edits, gone: [...edits.gone, message] }
  return tidy(form, {
    ...edits,
    added: edits.added.filter(({ id }) => id !== message),
    order: orderOf(form, edits).filter(id => id !== message)
  })
}

/** Up with -1, down with 1; undefined where it is at the end already. */
export function moved(form: RequestForm, edits: Edits, message: number, by: -1 | 1): Edits | undefined {
  const order = orderOf(form, edits)
  const at = order.indexOf(message)
  const other = order[at + by]
  return other === undefined ? undefined : tidy(form, { ...edits, order: order.with(at, other).with(at + by, message) })
}

/** Moved back where it was, nothing is changed. */
function tidy(form: RequestForm, { order, ...edits }: Edits): Edits {
  const same = orderOf(form, edits).every((message, at) => order?.[at] === message)
  return same || order === undefined ? edits : { ...edits, order }
}

export interface Placed {
  /** The messages as they will be. */
  readonly list: readonly Json[]
  /** What the paths say: all of the list where it has another order, else what is put in and left out. */
  readonly whole: boolean
  readonly insert: Readonly<Record<string, Json>>
  readonly remove: readonly string[]
  readonly count: number
}

/** `recorded` are the messages with their texts as they were edited. Undefined where all stay where they are. */
export function placed(form: RequestForm, edits: Edits, recorded: readonly Json[]): Placed | undefined {
  const { gone, added } = edits
  const left = new Set(gone)
  const texts = new Map(added.filter(({ text }) => text.trim() !== '').map(message => [message.id, message]))
  if (left.size === 0 && texts.size === 0 && edits.order === undefined) return undefined
  const order = orderOf(form, edits)
  const kept = order.filter(id => (id < 0 ? texts.has(id) : !left.has(id)))
  const own = kept.filter(id => id >= 0)
  const inOrder = own.every((id, at) => at === 0 || id > (own[at - 1] as number))
  const insert: Record<string, Json> = {}
  let twice = false
  for (const [at, id] of order.entries()) {
    const message = texts.get(id)
    if (!message) continue
    const path = `/messages/${order.slice(at).find(next => next >= 0) ?? recorded.length}`
    twice ||= Object.hasOwn(insert, path)
    insert[path] = said(message)
  }
  const whole = !inOrder || twice
  const count = left.size + texts.size + (inOrder ? 0 : 1)
  if (count === 0) return undefined
  return {
    list: kept.map(id => (id < 0 ? said(texts.get(id) as Added) : (recorded[id] as Json))),
    ...{ whole, count },
    insert: whole ? {} : insert,
    remove: whole ? [] : [...left].sort((a, b) => a - b).map(index => `/messages/${index}`)
  }
}

function said({ role, text }: Added): Json {
  return { role, content: text }
}
