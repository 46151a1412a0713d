/** Which rows of a book pass the filter. */
import type { Book } from './book.js'
import { shownActor } from './book.js'
import { cacheState, providerTokens } from './cache-state.js'
import { familyOf, isError } from './family.js'
import { list, number, record, string } from './read.js'
import { searched } from './search-text.js'
import type { Bound, Term } from './terms.js'

export type Matcher = (book: Book, row: number) => boolean

/** A function that says whether a row of a book is shown; undefined where every row is. Terms with a fault are left out. */
export function matcher(terms: readonly Term[]): Matcher | undefined {
  const used = terms.filter(term => term.fault === undefined)
  // Words cost the most, so they come last.
  used.sort((a, b) => Number(a.key === 'text') - Number(b.key === 'text'))
  const tests = used.flatMap(term => {
    const test = testOf(term)
    if (!test) return []
    return [term.not ? (book: Book, row: number) => !test(book, row) : test]
  })
  if (tests.length === 0) return undefined
  return (book, row) => {
    for (const test of tests) if (!test(book, row)) return false
    return true
  }
}

/** Undefined where the term does not say yet what it asks for. */
function testOf({ key, value, bound, pattern }: Term): Matcher | undefined {
  switch (key) {
    case 'type': {
      const test = anyOf(value, part => (part.includes('*') ? glob(part) : `${escaped(part)}(?:\\..*)?`))
      return (book, row) => test(book.events[row]?.type ?? '')
    }
    case 'actor': {
      const test = anyOf(value, part => `.*${glob(part)}.*`)
      return (book, row) => {
        const event = book.events[row]
        return event !== undefined && (test(event.actor) || test(shownActor(event)))
      }
    }
    case 'model': {
      const test = anyOf(value, part => `.*${glob(part)}.*`)
      return (book, row) => test(string(dataAt(book, row).model) ?? book.calls.ofRow(row)?.name ?? '')
    }
    case 'id': {
      const test = anyOf(value, part => `${glob(part)}.*`)
      return (book, row) => test(book.events[row]?.id ?? '')
    }
    case 'family': {
      const wanted = parts(value)
      return (book, row) => wanted.has(familyOf(book.events[row]?.type ?? ''))
    }
    case 'cache': {
      const wanted = parts(value)
      return (book, row) =>
        wanted.has(cacheState(book, row) ?? 'none') || (wanted.has('provider') && providerTokens(book, row) > 0)
    }
    case 'has': {
      const wanted = value.split(',').filter(part => part !== '')
      return (book, row) => wanted.some(what => has(book, row, what))
    }
    case 'cost':
      return bound && ((book, row) => compare(number(dataAt(book, row).cost_usd), bound))
    case 'tokens':
      return bound && ((book, row) => compare(tokensAt(book, row), bound))
    case 'latency':
      return bound && ((book, row) => compare(latencyAt(book, row), bound))
    case 'time':
    case 'after':
    case 'before':
      return bound && ((book, row) => compare(placeOf(book, row, bound), bound))
    case 'text': {
      if (pattern) return (book, row) => searched(book, row, text => pattern.test(text))
      const word = value.toLowerCase()
      return (book, row) => searched(book, row, text => text.includes(word))
    }
  }
}

/** The figure that its column shows: what a request read, what an answer wrote. */
function tokensAt(book: Book, row: number): number | undefined {
  const call = book.calls.ofRow(row)
  if (call?.kind !== 'llm' || call.end < 0) return undefined
  const usage = record(dataAt(book, call.end).usage)
  if (row === call.end) return number(usage.output_tokens)
  return row === call.row ? number(usage.input_tokens) : undefined
}

/** Of a call that has ended, at its two ends, in milliseconds. */
function latencyAt(book: Book, row: number): number | undefined {
  const call = book.calls.ofRow(row)
  if (!call || call.end < 0 || (row !== call.row && row !== call.end)) return undefined
  const between = (book.times[call.end] ?? Number.NaN) - (book.times[call.row] ?? Number.NaN)
  return number(dataAt(book, call.end).latency_ms) ?? number(between)
}

/** From here on, a time is one of the calendar. */
const epochFrom = 1e11

function placeOf(book: Book, row: number, { seq, limit }: Bound): number | undefined {
  if (seq) return row + 1
  const ms = book.times[row] ?? Number.NaN
  return Number.isNaN(ms) ? undefined : limit >= epochFrom ? book.startedAt + ms : ms
}

function has(book: Book, row: number, what: string): boolean {
  const event = book.events[row]
  if (!event) return false
  const data = record(event.data)
  if (what === 'error') return isError(event)
  if (what === 'cost') return number(data.cost_usd) !== undefined
  if (what === 'tools') return list(data.tools).length > 0 || list(data.tool_calls).length > 0
  if (what === 'cause') return event.cause.length > 0
  if (what === 'reasoning') return typeof data.reasoning === 'string'
  return Object.hasOwn(data, what) && data[what] !== undefined
}

function compare(value: number | undefined, { sign, limit }: Bound): boolean {
  if (value === undefined) return false
  if (sign === '>') return value > limit
  if (sign === '>=') return value >= limit
  if (sign === '<') return value < limit
  if (sign === '<=') return value <= limit
  return value === limit
}

function parts(value: string): ReadonlySet<string> {
  return new Set(
    value
      .toLowerCase()
      .split(',')
      .filter(part => part !== '')
  )
}

/** Remembers what it said: a ledger has many rows and few types, actors and models. */
function anyOf(value: string, pattern: (part: string) => string): (text: string) => boolean {
  const expression = new RegExp(`^(?:${[...parts(value)].map(pattern).join('|')})$`, 'is')
  const known = new Map<string, boolean>()
  return text => {
    let said = known.get(text)
    if (said === undefined) {
      said = expression.test(text)
      if (known.size < 10_000) known.set(text, said)
    }
    return said
  }
}

function glob(text: string): string {
  return text.split('*').map(escaped).join('.*')
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

function dataAt(book: Book, row: number): Record<string, unknown> {
  return record(book.events[row]?.data)
}
