/**
 * The dialogs of a run: which calls go on from which. A request that names its dialog belongs to it; any other one goes
 * on from the last request of its actor whose messages it begins with, and forks it where it leaves them.
 */
import type { Book } from './book.js'
import { shownActor } from './book.js'
import { sameBeginning } from './nearest.js'
import { isRecord, list, named, number, record, string } from './read.js'
import { below } from './sorted.js'

export interface Thread {
  readonly id: string
  /** Who leads it: the owner of the dialog, or the actor of its requests. */
  readonly owner: string
  /** The row it began at. */
  readonly row: number
  readonly parent: Thread | undefined
  /** So many messages it has from its parent. */
  readonly split: number
  /** The rows of its requests. */
  readonly calls: readonly number[]
  /** The rows of messages that were appended to it. */
  readonly messages: readonly number[]
}

export interface Dialogs {
  readonly threads: readonly Thread[]
  /** The thread of a request. */
  threadOf(row: number): Thread | undefined
  /** The request before this one in its thread, or in the one that it forked; undefined for the first. */
  before(row: number): number | undefined
  /** That request, and how many messages at the beginning both have. */
  since(row: number): { readonly row: number; readonly count: number } | undefined
  /** The first row after this one at which a tool was called, or gave back, under this id. */
  toolAfter(kind: 'called' | 'returned', callId: string, row: number): number | undefined
}

type Growing = { -readonly [Key in keyof Thread]: Thread[Key] } & { calls: number[]; messages: number[] }

/** So many threads of an actor may go on: a program that asks a thousand questions at once begins each of them anew. */
const maxOpen = 8

interface Fold extends Dialogs {
  take(book: Book, row: number): void
}

const folds = new WeakMap<Book, { seen: number; fold: Fold }>()

/** Of the whole book, which may have grown since: what a book at the playhead has not, its views leave out. */
export function dialogsIn(book: Book): Dialogs {
  let known = folds.get(book)
  if (!known) {
    known = { seen: 0, fold: dialogFold() }
    folds.set(book, known)
  }
  while (known.seen < book.events.length) known.fold.take(book, known.seen++)
  return known.fold
}

function dialogFold(): Fold {
  const threads: Growing[] = []
  const byId = new Map<string, Growing>()
  const byRow = new Map<number, Growing>()
  const shared = new Map<number, { row: number; count: number }>()
  let read: Book | undefined
  const openOf = new Map<string, Growing[]>()
  const tools = { called: new Map<string, number[]>(), returned: new Map<string, number[]>() }

  const begin = (thread: Omit<Growing, 'calls' | 'messages'>): Growing => {
    const begun = { ...thread, calls: [], messages: [] }
    threads.push(begun)
    if (!byId.has(begun.id)) byId.set(begun.id, begun)
    return begun
  }

  const begunAt = (book: Book, row: number, id: string, data: Record<string, unknown>): Growing => {
    const owner = named(data.owner) ?? named(data.session_name) ?? actorAt(book, row)
    const parent = byId.get(string(data.parent_id) ?? '')
    return begin({ id, owner, row, parent, split: number(data.split_point) ?? 0 })
  }

  const goesOn = (book: Book, row: number, data: Record<string, unknown>): Growing => {
    const actor = book.events[row]?.actor ?? ''
    const open = openOf.get(actor) ?? []
    openOf.set(actor, open)
    const messages = list(data.messages)
    const { model } = data
    let next: Growing | undefined
    let fork: { thread: Growing; same: number } | undefined
    for (let i = open.length - 1; i >= 0; i--) {
      const thread = open[i] as Growing
      const last = thread.calls.at(-1) as number
      const theirs = messagesAt(book, last)
      const same = sameBeginning(theirs, messages)
      if (same === theirs.length && same > 0 && messages.length > same) {
        // Two models that were asked the same go on apart.
        if (record(book.events[last]?.data).model === model) return thread
        next ??= thread
        continue
      }
      // Only what was answered before is worth to be called a common beginning.
      const answered = theirs.slice(0, same).some(message => record(message).role === 'assistant')
      if (answered && same > (fork?.same ?? 0)) fork = { thread, same }
    }
    if (next) return next
    const id = book.events[row]?.id ?? ''
    const thread = begin({ id, owner: actorAt(book, row), row, parent: fork?.thread, split: fork?.same ?? 0 })
    open.push(thread)
    if (open.length > maxOpen) open.shift()
    return thread
  }

  const before = (row: number): number | undefined => {
    const thread = byRow.get(row)
    if (!thread) return undefined
    const at = below(thread.calls, row) - 1
    return at >= 0 ? thread.calls[at] : thread.parent?.calls[below(thread.parent.calls, row) - 1]
  }

  return {
    threads,
    threadOf: row => byRow.get(row),
    before,
    since(row) {
      const known = shared.get(row)
      const last = known ? undefined : before(row)
      if (last === undefined || !read) return known
      const found = { row: last, count: sameBeginning(messagesAt(read, last), messagesAt(read, row)) }
      shared.set(row, found)
      return found
    },
    toolAfter(kind, callId, row) {
      const rows = tools[kind].get(callId)
      return rows?.[below(rows, row + 1)]
    },
    take(book, row) {
      read = book
      const event = book.events[row]
      if (!event) return
      const data = record(event.data)
      switch (event.type as string) {
        case 'dialog.opened':
        case 'dialog.forked': {
          const id = string(data.dialog_id)
          if (id !== undefined && !byId.has(id)) begunAt(book, row, id, data)
          return
        }
        case 'message.appended': {
          const id = string(data.dialog_id)
          if (id === undefined || !isRecord(data.message)) return
          ;(byId.get(id) ?? begunAt(book, row, id, {})).messages.push(row)
          return
        }
        case 'llm.request': {
          const id = string(data.dialog_id)
          const thread = id === undefined ? goesOn(book, row, data) : (byId.get(id) ?? begunAt(book, row, id, {}))
          thread.calls.push(row)
          byRow.set(row, thread)
          return
        }
        case 'tool.called':
        case 'tool.returned': {
          const id = string(data.call_id)
          if (id === undefined) return
          const rows = tools[event.type === 'tool.called' ? 'called' : 'returned']
          const known = rows.get(id)
          if (known) known.push(row)
          else rows.set(id, [row])
        }
      }
    }
  }
}

function actorAt(book: Book, row: number): string {
  const event = book.events[row]
  return event ? shownActor(event) : ''
}

export function messagesAt(book: Book, row: number): readonly unknown[] {
  return list(record(book.events[row]?.data).messages)
}

/** One line of a fork tree. */
export interface ForkLine {
  readonly thread: Thread
  readonly depth: number
  /** The request, or the row at which a thread without a request began. */
  readonly row: number
  /** The thread leaves its parent here. */
  readonly fork: boolean
}

/** The thread, those that it forks from and all their forks, in order; at most `max` lines of them. */
export function forkTree(
  book: Book,
  { threads }: Dialogs,
  thread: Thread,
  length: number,
  max = 60
): { readonly lines: readonly ForkLine[]; readonly left: number } {
  let root = thread
  for (let steps = 0; root.parent && steps < 1000; steps++) root = root.parent
  const children = new Map<Thread, Thread[]>()
  for (const child of threads) {
    if (!child.parent || child.row >= length) continue
    const known = children.get(child.parent)
    if (known) known.push(child)
    else children.set(child.parent, [child])
  }
  const lines: ForkLine[] = []
  let left = 0
  const walk = (at: Thread, depth: number): void => {
    if (depth > 200) return
    const rows = at.calls.filter(row => row < length)
    // A fork stands under the last call that it goes on from, whenever it was made.
    const forks = new Map<number, Thread[]>()
    for (const child of children.get(at) ?? []) {
      const parted = rows.findIndex(row => messagesAt(book, row).length > child.split)
      const under = parted < 0 ? Math.max(0, rows.length - 1) : parted - 1
      forks.set(under, [...(forks.get(under) ?? []), child])
    }
    const fork = (child: Thread): void => walk(child, depth + 1)
    forks.get(-1)?.forEach(fork)
    for (const [i, row] of (rows.length > 0 ? rows : [at.row]).entries()) {
      if (lines.length < max) lines.push({ thread: at, depth, row, fork: i === 0 && depth > 0 })
      else left++
      forks.get(i)?.forEach(fork)
    }
  }
  walk(root, 0)
  return { lines, left }
}

/** A part of what a model was given, by who said it. */
export interface ContextPart {
  readonly role: 'system' | 'user' | 'assistant' | 'tool' | 'tools'
  /** By estimate: characters / 4. */
  readonly tokens: number
}

/** What the messages and tools of a request take, in the order of the roles. */
export function contextOf(data: unknown): readonly ContextPart[] {
  const sizes = { system: 0, tools: 0, user: 0, assistant: 0, tool: 0 }
  const { messages, tools } = record(data)
  for (const item of list(messages)) {
    const message = record(item)
    const role = message.role === 'developer' ? 'system' : String(message.role)
    sizes[Object.hasOwn(sizes, role) ? (role as ContextPart['role']) : 'user'] += sizeOf(message)
  }
  if (Array.isArray(tools)) sizes.tools = JSON.stringify(tools).length
  return Object.entries(sizes)
    .filter(([, size]) => size > 0)
    .map(([role, size]) => ({ role: role as ContextPart['role'], tokens: Math.max(1, Math.round(size / 4)) }))
}

/** Characters of a message: its texts and the arguments of its calls. Pictures count as nothing. */
export function sizeOf(message: Record<string, unknown>): number {
  let size = string(message.content)?.length ?? 0
  for (const part of Array.isArray(message.content) ? message.content : []) {
    size += typeof part === 'string' ? part.length : (string(record(part).text)?.length ?? 0)
  }
  for (const call of list(message.tool_calls)) size += string(record(record(call).function).arguments)?.length ?? 0
  return size
}
