/**
 * The filter box: free words and `key:value` terms, all of which must hold; `-` turns one round. Values with commas are
 * alternatives, `*` stands for anything: `type:llm.* -cache:hit actor:finder has:error cost:>0.01 after:#12 "two words"`.
 */
import type { Book } from './book.js'
import { shownActor } from './book.js'
import { familyOf, isError } from './family.js'
import { contentText, list, number, record, string } from './read.js'
import { summaryOf } from './summary.js'
import { isHit } from './totals.js'

export interface Term {
  readonly key: 'text' | 'type' | 'actor' | 'model' | 'has' | 'cache' | 'family' | 'cost' | 'after' | 'before'
  readonly value: string
  readonly not: boolean
}

const keys = new Set<string>(['type', 'actor', 'model', 'has', 'cache', 'family', 'cost', 'after', 'before'])

/** Never fails: what is no known term is a word to look for. A term that is still without its value is left out. */
export function parseFilter(input: string): readonly Term[] {
  const terms: Term[] = []
  for (const [piece] of input.matchAll(/-?(?:[a-z]+:)?"[^"]*"?|\S+/gi)) {
    const not = piece.startsWith('-') && piece.length > 1
    const body = not ? piece.slice(1) : piece
    const colon = body.indexOf(':')
    const key = colon > 0 ? body.slice(0, colon).toLowerCase() : ''
    const known = keys.has(key)
    const value = (known ? body.slice(colon + 1) : body).replaceAll('"', '')
    if (value !== '') terms.push({ key: known ? (key as Term['key']) : 'text', value, not })
  }
  return terms
}

export type Matcher = (book: Book, row: number) => boolean

/** A function that says whether a row of a book is shown; undefined where every row is. */
export function matcher(terms: readonly Term[]): Matcher | undefined {
  if (terms.length === 0) return undefined
  const tests = terms.map(term => {
    const test = testOf(term)
    return term.not ? (book: Book, row: number) => !test(book, row) : test
  })
  return (book, row) => tests.every(test => test(book, row))
}

function testOf({ key, value }: Term): Matcher {
  switch (key) {
    case 'type': {
      const pattern = anyOf(value, part => (part.includes('*') ? glob(part) : `${escaped(part)}(?:\\..*)?`))
      return (book, row) => pattern.test(typeAt(book, row))
    }
    case 'actor': {
      const pattern = anyOf(value, part => `.*${glob(part)}.*`)
      return (book, row) => {
        const event = book.events[row]
        return event !== undefined && (pattern.test(event.actor) || pattern.test(shownActor(event)))
      }
    }
    case 'model': {
      const pattern = anyOf(value, part => `.*${glob(part)}.*`)
      return (book, row) => pattern.test(string(dataAt(book, row).model) ?? book.calls.ofRow(row)?.name ?? '')
    }
    case 'family': {
      const wanted = new Set(value.toLowerCase().split(','))
      return (book, row) => wanted.has(familyOf(typeAt(book, row)))
    }
    case 'cache': {
      const wanted = new Set(value.toLowerCase().split(','))
      return (book, row) => {
        const state = cacheState(book, row)
        return state !== undefined && wanted.has(state)
      }
    }
    case 'has': {
      const wanted = value.toLowerCase().split(',')
      return (book, row) => wanted.some(what => has(book, row, what))
    }
    case 'cost': {
      const [, sign = '', digits = ''] = /^([<>]=?|=)?\$?(.*)$/.exec(value) ?? []
      const limit = digits === '' ? Number.NaN : Number(digits)
      return (book, row) => compare(number(dataAt(book, row).cost_usd), sign, limit)
    }
    case 'after':
    case 'before': {
      const seq = Number(value.replace('#', ''))
      return (_book, row) => (key === 'after' ? row + 1 > seq : row + 1 < seq)
    }
    case 'text': {
      const pattern = new RegExp(escaped(value), 'i')
      return (book, row) => contains(book, row, pattern)
    }
  }
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
  return data[what] !== undefined
}

/** `hit`, `joined`, `miss`, `bypass` or `off`, of an answer and of the request that it answers. */
export function cacheState(book: Book, row: number): string | undefined {
  const event = book.events[row]
  if (event?.type === 'llm.request') {
    const call = book.calls.ofRow(row)
    return call && call.end >= 0 ? cacheState(book, call.end) : undefined
  }
  if (event?.type !== 'llm.response') return undefined
  const data = record(event.data)
  return string(record(data.cache).state) ?? (isHit(data) ? 'hit' : undefined)
}

function contains(book: Book, row: number, pattern: RegExp): boolean {
  const event = book.events[row]
  if (!event) return false
  if (pattern.test(event.type) || pattern.test(event.actor) || pattern.test(event.id)) return true
  const data = record(event.data)
  for (const field of [data.text, data.message, data.reasoning]) {
    if (typeof field === 'string' && pattern.test(field)) return true
  }
  if (list(data.messages).some(message => pattern.test(contentText(record(message).content)))) return true
  return pattern.test(summaryOf(event, book.objects).text)
}

function compare(value: number | undefined, sign: string, limit: number): boolean {
  if (value === undefined || Number.isNaN(limit)) return false
  if (sign === '>') return value > limit
  if (sign === '>=' || sign === '') return value >= limit
  if (sign === '<') return value < limit
  if (sign === '<=') return value <= limit
  return value === limit
}

function anyOf(value: string, pattern: (part: string) => string): RegExp {
  const parts = value.split(',').filter(part => part !== '')
  return new RegExp(`^(?:${parts.map(pattern).join('|')})$`, 'i')
}

function glob(text: string): string {
  return text.split('*').map(escaped).join('.*')
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

function typeAt(book: Book, row: number): string {
  return book.events[row]?.type ?? ''
}

function dataAt(book: Book, row: number): Record<string, unknown> {
  return record(book.events[row]?.data)
}

/** The filter with one term put in or, where it is there, taken out: what a click in the legend does. */
export function toggled(filter: string, term: string): string {
  const pieces = filter.split(/\s+/).filter(piece => piece !== '')
  const at = pieces.indexOf(term)
  if (at >= 0) pieces.splice(at, 1)
  else {
    const key = `${term.split(':')[0]}:`
    const others = pieces.filter(piece => !piece.startsWith(key))
    return [...others, term].join(' ')
  }
  return pieces.join(' ')
}
