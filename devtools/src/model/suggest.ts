/** What could be typed next in the filter box: the keys, then the values that were seen in the run. */
import type { Book } from './book.js'
import { shownActor } from './book.js'
import { record, string } from './read.js'
import { cacheStates, type FilterKey, familyNames, filterKeys } from './terms.js'

export interface Suggestion {
  /** What takes the place of the term. */
  readonly term: string
  readonly about: string
  /** Of the input: from where to where it is replaced. */
  readonly from: number
  readonly to: number
}

const most = 12

/** For the term under the caret. `-` in front of it is kept. */
export function suggestions(input: string, caret: number, book: Book | undefined): readonly Suggestion[] {
  const from = input.lastIndexOf(' ', caret - 1) + 1
  const end = input.indexOf(' ', caret)
  const to = end < 0 ? input.length : end
  const before = input.slice(from, caret)
  // Inside quotes or an expression nothing is known.
  if (/^-?["/]/.test(before) || (input.slice(0, from).match(/"/g)?.length ?? 0) % 2 === 1) return []
  const not = before.startsWith('-') ? '-' : ''
  const [, key = '', typed = ''] = /^-?(?:([a-z]+):)?(.*)$/is.exec(before) ?? []
  const known = key.toLowerCase()
  if (known === '')
    return keysFor(typed.toLowerCase()).map(([name, about]) => ({ term: `${not}${name}:`, about, from, to }))
  if (!Object.hasOwn(filterKeys, known)) return []
  const chosen = typed.slice(0, typed.lastIndexOf(',') + 1)
  const wanted = typed.slice(chosen.length).toLowerCase()
  return valuesFor(known as FilterKey, book)
    .filter(([value]) => value.toLowerCase().includes(wanted) && value.toLowerCase() !== wanted)
    .sort(([a], [b]) => Number(b.toLowerCase().startsWith(wanted)) - Number(a.toLowerCase().startsWith(wanted)))
    .slice(0, most)
    .map(([value, about]) => ({
      term: `${not}${known}:${chosen}${/\s/.test(value) ? `"${value}"` : value}`,
      about,
      from,
      to
    }))
}

function keysFor(typed: string): readonly (readonly [string, string])[] {
  return Object.entries(filterKeys).filter(([name]) => name.startsWith(typed) && name !== typed)
}

function valuesFor(key: FilterKey, book: Book | undefined): readonly (readonly [value: string, about: string])[] {
  switch (key) {
    case 'type': {
      const types = counted(book?.events.length ? seenIn(book).types : new Map())
      const spaces = [
        ...new Set(types.map(([type]) => type.replace(/\.[^.]*$/, '.*')).filter(space => space.endsWith('.*')))
      ]
      return [...spaces.map(space => [space, 'all of them'] as const), ...types]
    }
    case 'actor':
      return counted(book ? seenIn(book).actors : new Map())
    case 'model':
      return counted(book ? seenIn(book).models : new Map())
    case 'cache':
      return cacheStates.map(state => [state, ''])
    case 'family':
      return familyNames.map(family => [family, book ? `${book.counts[family as keyof typeof book.counts] ?? ''}` : ''])
    case 'has':
      return [
        ['error', ''],
        ['cost', ''],
        ['tools', ''],
        ['reasoning', ''],
        ['cause', '']
      ]
    case 'cost':
      return [
        ['>0.01', 'more than a cent'],
        ['<0.001', '']
      ]
    case 'tokens':
      return [
        ['>1000', ''],
        ['<100', '']
      ]
    case 'latency':
      return [
        ['>1s', ''],
        ['>10s', ''],
        ['<200ms', '']
      ]
    case 'time':
      return [
        ['>2s', 'later than two seconds'],
        ['<500ms', '']
      ]
    case 'after':
    case 'before':
      return book && book.events.length > 1
        ? [
            [`#${Math.ceil(book.events.length / 2)}`, 'an event'],
            ['2s', 'a time']
          ]
        : []
    case 'id':
      return []
  }
}

interface Seen {
  readonly types: Map<string, number>
  readonly actors: Map<string, number>
  readonly models: Map<string, number>
  rows: number
}

const known = new WeakMap<Book, Seen>()
/** A hostile ledger may name a new actor in each event. */
const mostValues = 2000

/** Goes on from where it was: asked with each letter that is typed. */
function seenIn(book: Book): Seen {
  let seen = known.get(book)
  if (!seen) {
    seen = { types: new Map(), actors: new Map(), models: new Map(), rows: 0 }
    known.set(book, seen)
  }
  for (; seen.rows < book.events.length; seen.rows++) {
    const event = book.events[seen.rows]
    if (!event) continue
    add(seen.types, event.type)
    const model = string(record(event.data).model)
    if (model !== undefined) add(seen.models, model)
    add(seen.actors, event.type === 'llm.response' ? event.actor : shownActor(event))
  }
  return seen
}

function add(counts: Map<string, number>, value: string): void {
  const n = counts.get(value)
  if (value !== '' && value.length < 200 && (n !== undefined || counts.size < mostValues))
    counts.set(value, (n ?? 0) + 1)
}

function counted(counts: ReadonlyMap<string, number>): readonly (readonly [string, string])[] {
  return [...counts].sort((a, b) => b[1] - a[1]).map(([value, n]) => [value, String(n)])
}
