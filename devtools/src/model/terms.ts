/**
 * What is written in the filter box, as terms: free words, `"two words"`, `/an expression/` and `key:value`, all of which
 * must hold; `-` turns one round. Values with commas are alternatives, `*` stands for anything:
 * `type:llm.* -cache:hit actor:finder has:error cost:>0.01 latency:>1s after:#12`.
 */

/** What each key asks for, in the order in which they are suggested. */
export const filterKeys = {
  type: 'a type or a namespace, * for anything',
  actor: 'who did it',
  model: 'which model was asked',
  cache: 'hit, joined, miss, provider, bypass or off',
  has: 'error, cost, tools, reasoning, cause, or a field',
  family: 'as in the legend',
  cost: 'dollars of an answer',
  tokens: 'read by a request, written by an answer',
  latency: 'how long a call took',
  time: 'since the start of the run',
  after: 'an event’s number, or a time',
  before: 'an event’s number, or a time',
  id: 'the beginning of an event’s id'
} as const

export type FilterKey = keyof typeof filterKeys
export const cacheStates = ['hit', 'joined', 'miss', 'provider', 'bypass', 'off'] as const
export const familyNames = ['request', 'response', 'tool', 'world', 'branch', 'error', 'other'] as const

export interface Term {
  readonly key: FilterKey | 'text'
  readonly value: string
  readonly not: boolean
  /** Where it stands in the input. */
  readonly from: number
  readonly to: number
  /** Of a free expression, always without regard to case. */
  readonly pattern?: RegExp
  /** Of a figure or a time. Times in milliseconds since the start of the run or, from `1e11` on, since 1970. */
  readonly bound?: Bound
  /** Why the term is left out of the filter. */
  readonly fault?: string
}

export interface Bound {
  readonly sign: '>' | '>=' | '<' | '<=' | '='
  readonly limit: number
  /** The limit is the number of an event. */
  readonly seq?: boolean
}

const piece = /-?(?:[a-z]+:)?(?:"[^"]*"?|\/(?:[^/\\]|\\.)+\/(?=\s|$))|\S+/gi

/** Names of ledgers are looked for as they are written, as addresses are. */
const plain = /^(?:run|branch|session):|^[a-z]+:\/\//i

/** Never fails: what is no known term is a word to look for. A term that is still without its value is left out. */
export function parseFilter(input: string): readonly Term[] {
  const terms: Term[] = []
  for (const match of input.matchAll(piece)) {
    const [text] = match
    if (text === '-') continue
    const place = { from: match.index, to: match.index + text.length }
    const not = text.startsWith('-') && text.length > 1
    const body = not ? text.slice(1) : text
    const colon = body.indexOf(':')
    const key = colon > 0 ? body.slice(0, colon).toLowerCase() : ''
    if (isKey(key)) {
      const value = body.slice(colon + 1).replaceAll('"', '')
      if (value !== '') terms.push({ key, value, not, ...place, ...checked(key, value) })
    } else if (/^\/.+\/$/.test(body) && body.length > 2) {
      terms.push({ key: 'text', value: body.slice(1, -1), not, ...place, ...expression(body.slice(1, -1)) })
    } else {
      const value = body.replaceAll('"', '')
      const wrong = /^[a-z]+:./i.test(body) && !plain.test(body) ? unknownKey(key, body) : {}
      if (value !== '') terms.push({ key: 'text', value, not, ...place, ...wrong })
    }
  }
  return terms
}

/** What is wrong with the terms, a line each; undefined where nothing is. */
export function faultsOf(terms: readonly Term[]): string | undefined {
  const faults = terms.flatMap(({ fault }) => fault ?? [])
  return faults.length === 0 ? undefined : [...faults, 'What is underlined is left out.'].join('\n')
}

function isKey(key: string): key is FilterKey {
  return Object.hasOwn(filterKeys, key)
}

function unknownKey(key: string, body: string): { fault: string } {
  const near = Object.keys(filterKeys).find(known => key.length > 2 && known.startsWith(key.slice(0, 3)))
  return {
    fault: near
      ? `There is no “${key.slice(0, 40)}:”, but “${near}:”.`
      : `There is no “${key.slice(0, 40)}:”. To look for the words, write "${body.replaceAll('"', '').slice(0, 40)}".`
  }
}

type Checked = Pick<Term, 'bound' | 'fault'>

function checked(key: FilterKey, value: string): Checked {
  switch (key) {
    case 'cost':
    case 'tokens':
      return compared(key, value, figure, key === 'cost' ? '0.01' : '1000')
    case 'latency':
      return compared(key, value, span, '1s')
    case 'time':
      return compared(key, value, text => span(text) ?? figure(`${Number(text) * 1000}`), '2s')
    case 'after':
    case 'before':
      return placed(key, value)
    case 'cache':
      return oneOf(key, value, cacheStates)
    case 'family':
      return oneOf(key, value, familyNames)
    default:
      return {}
  }
}

function oneOf(key: string, value: string, known: readonly string[]): Checked {
  const wrong = value.split(',').find(part => part !== '' && !known.includes(part.toLowerCase()))
  return wrong === undefined ? {} : { fault: `“${key}:” takes ${known.join(', ')}; “${wrong}” is none of them.` }
}

function compared(key: string, value: string, read: (text: string) => number | undefined, example: string): Checked {
  const [, sign = '', rest = ''] = /^([<>]=?|=)?(.*)$/s.exec(value) ?? []
  if (rest === '') return {}
  const limit = read(rest)
  if (limit === undefined)
    return { fault: `“${rest}” cannot be compared. Write ${key}:>${example} or ${key}:<${example}.` }
  return { bound: { sign: (sign || '>=') as Bound['sign'], limit } }
}

function placed(key: 'after' | 'before', value: string): Checked {
  const sign = key === 'after' ? '>' : '<'
  const seq = /^#?(\d+)$/.exec(value)?.[1]
  if (seq !== undefined) return { bound: { sign, limit: Number(seq), seq: true } }
  if (value === '#') return {}
  const limit = span(value) ?? (/^\d{4}-\d\d/.test(value) ? number(Date.parse(value)) : undefined)
  if (limit !== undefined) return { bound: { sign, limit } }
  return { fault: `“${value}” is no place in the run. Write ${key}:#12, ${key}:2s or ${key}:2026-11-20T09:14.` }
}

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, min: 60_000, h: 3_600_000 }

/** `2s`, `500ms`, `1.5m` in milliseconds. */
function span(text: string): number | undefined {
  const [, digits = '', unit = ''] = /^(\d*\.?\d+)(ms|s|m|min|h)$/i.exec(text) ?? []
  const factor = units[unit.toLowerCase()]
  return factor === undefined ? undefined : Number(digits) * factor
}

/** `0.01`, `$0.01`, `12k`. */
function figure(text: string): number | undefined {
  const [, digits, kilo] = /^\$?(\d*\.?\d+)(k?)$/i.exec(text) ?? []
  return digits === undefined ? undefined : Number(digits) * (kilo ? 1000 : 1)
}

function number(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined
}

function expression(source: string): Pick<Term, 'pattern' | 'fault'> {
  if (isSlow(source)) {
    return { fault: `/${source}/ could take forever: it repeats a group that can itself match in many ways.` }
  }
  try {
    return { pattern: new RegExp(source, 'i') }
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/^.*\/i?: /, '') : 'it cannot be read'
    return { fault: `/${source}/ is no expression: ${why}.` }
  }
}

/** A link can carry a filter, and a single test cannot be interrupted: what may run away is not run. */
function isSlow(source: string): boolean {
  const groups: boolean[] = [false]
  let repeats = 0
  for (let at = 0; at < source.length; at++) {
    const sign = source[at] as string
    if (sign === '\\') at++
    else if (sign === '[') {
      for (at++; at < source.length && source[at] !== ']'; at++) if (source[at] === '\\') at++
    } else if (sign === '(') groups.push(false)
    else if (sign === ')') {
      const many = groups.length > 1 && groups.pop() === true
      const repeated = /[*+{]/.test(source[at + 1] ?? '')
      if (many && repeated) return true
      if (many || repeated) groups[groups.length - 1] = true
    } else if (sign === '|' || /[*+{]/.test(sign)) {
      groups[groups.length - 1] = true
      if (sign !== '|') repeats++
    }
  }
  return repeats > 4
}
