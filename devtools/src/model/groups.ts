/**
 * What a call belongs to. A dialog, if it says so; else the object that it works for: the first one below the goal, to
 * which its chain of causes leads. What joins several of them belongs to the goal, or is one of its own if it is an
 * object. Where there is neither, the actor who asked. O(1) an event.
 */
import type { LedgerEvent } from 'daybook'
import { type Book, shownActor } from './book.js'
import { masked } from './mask.js'
import { firstLine, named, record, string } from './read.js'
import { questionAt } from './row.js'

export interface Group {
  readonly key: string
  readonly kind: 'object' | 'dialog' | 'actor'
  /** The object's or dialog's id, or the actor. */
  readonly id: string
  /** What it is about; empty where nothing says it. */
  readonly text: string
  /** Its place among the groups, by their first call. */
  readonly order: number
  /** Indexes of its calls, in order. */
  readonly bars: number[]
  /** When the last of its calls that ended did so, and how many are open. */
  end: number
  open: number
}

export interface Grouping {
  readonly all: readonly Group[]
  /** Takes the next event in. */
  add(book: Book, row: number): void
  /** The group of the call that begins with this row, which is the last one added. */
  take(book: Book, row: number, bar: number): Group
}

/** So many causes of one event are looked at. */
const maxCauses = 16
const textKeys = ['text', 'title', 'question', 'goal', 'name', 'topic', 'summary'] as const

export function grouping(): Grouping {
  const all: Group[] = []
  const byKey = new Map<string, Group>()
  /** By row: the object that the row is about, or the key of the group that it was led to from. */
  const subjects: (string | undefined)[] = []
  const led: (string | undefined)[] = []
  /** By object: its group's key, the object at the root of its chain, and its text. */
  const ofObject = new Map<string, string>()
  const roots = new Set<string>()
  const rootOf = new Map<string, string>()
  const texts = new Map<string, string>()
  const dialogs = new Map<string, string>()

  const keyOfRow = (row: number): string | undefined => {
    const subject = subjects[row]
    return (subject === undefined ? undefined : ofObject.get(subject)) ?? led[row]
  }
  const inherited = (book: Book, event: LedgerEvent, row: number): string[] => {
    const keys: string[] = []
    for (const id of event.cause.slice(0, maxCauses)) {
      const cause = book.causes.rowOf(id)
      const key = cause === undefined || cause >= row ? undefined : keyOfRow(cause)
      if (key !== undefined && !keys.includes(key)) keys.push(key)
    }
    return keys
  }
  const created = (id: string, keys: readonly string[]): string => {
    const own = `object ${id}`
    const [from] = keys
    if (from === undefined) {
      roots.add(id)
      return own
    }
    const above = from.startsWith('object ') ? from.slice('object '.length) : ''
    const root = roots.has(above) ? above : rootOf.get(from)
    if (keys.length === 1 && !roots.has(above)) return from
    if (root !== undefined) rootOf.set(own, root)
    return own
  }
  const joined = (keys: readonly string[]): string | undefined => {
    const [first] = keys
    if (keys.length < 2 || first === undefined) return first
    const root = rootOf.get(first)
    return root === undefined ? first : `object ${root}`
  }

  return {
    all,
    add(book, row) {
      const event = book.events[row]
      if (!event) return
      const type: string = event.type
      const data = record(event.data)
      const keys = inherited(book, event, row)
      const id = string(data.id)
      let subject: string | undefined
      let key = joined(keys)
      if (type === 'object.created' && id !== undefined) {
        subject = id
        if (!ofObject.has(id)) {
          key = created(id, keys)
          ofObject.set(id, key)
          texts.set(id, textOf(data.data))
        }
      } else if (type === 'object.patched' && id !== undefined) subject = id
      else if (type === 'relation.created') ownGroup(string(data.source_id), string(data.target_id))
      else if (type === 'dialog.opened') dialogs.set(String(data.dialog_id), nameIn(data.session_name))
      subjects.push(subject)
      led.push(key)
    },
    take(book, row, bar) {
      const event = book.events[row] as LedgerEvent
      const data = record(event.data)
      const dialog = string(data.dialog_id)
      const about = string(data.cause_object_id)
      const key =
        (dialog === undefined ? undefined : `dialog ${dialog}`) ??
        (about === undefined ? undefined : ofObject.get(about)) ??
        led[row] ??
        `actor ${shownActor(event)}`
      led[row] = key
      let group = byKey.get(key)
      if (!group) {
        const [kind = 'actor'] = key.split(' ', 1)
        const groupId = key.slice(kind.length + 1)
        const said = kind === 'object' ? shortText(groupId) : dialogs.get(groupId)
        // What says nothing of itself is told by its first question.
        const text = said || (kind === 'actor' ? '' : firstLine(questionAt(book, row), 200))
        group = { key, kind: kind as Group['kind'], id: groupId, text, order: all.length, bars: [], end: 0, open: 0 }
        byKey.set(key, group)
        all.push(group)
      }
      group.bars.push(bar)
      group.open++
      return group
    }
  }

  /** A name that somebody gave: one made of the time it began says nothing here. */
  function nameIn(name: unknown): string {
    return (named(name) ?? '').replace(/^\d{8}_\d{6}_\w+$/, '')
  }

  /** What is related to the goal itself is a part of its own, whatever led to it. */
  function ownGroup(source = '', target = ''): void {
    const id = roots.has(target) ? source : roots.has(source) ? target : ''
    const now = ofObject.get(id)
    if (now === undefined || roots.has(id) || now === `object ${id}`) return
    ofObject.set(id, `object ${id}`)
    rootOf.set(`object ${id}`, roots.has(target) ? target : source)
  }

  /** Many programs put the goal's words before each question: they are left out. */
  function shortText(id: string): string {
    const text = texts.get(id) ?? ''
    const goal = texts.get(rootOf.get(`object ${id}`) ?? '') ?? ''
    const rest = goal.length > 8 && text.startsWith(goal) ? text.slice(goal.length).trim() : ''
    return rest.length > 4 ? `… ${rest}` : text
  }
}

function textOf(value: unknown): string {
  const data = record(value)
  for (const key of textKeys) {
    const text = Object.hasOwn(data, key) ? string(data[key]) : undefined
    if (text) return masked(firstLine(text, 200))
  }
  return ''
}

/** `Question 1`, `Dialog`, or the actor. */
export function groupName(book: Book, group: Group): string {
  if (group.kind === 'object') return book.objects.nameOf(group.id)
  return group.kind === 'dialog' ? 'Dialog' : group.id || 'Calls'
}
