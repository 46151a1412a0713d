import fc from 'fast-check'
import { afterEach, expect, test, vi } from 'vitest'
import type { Json } from '../json.js'
import { partialJson } from './partial-json.js'

afterEach(() => vi.restoreAllMocks())

/** All looks at a text that comes in these pieces. */
function looks(pieces: Iterable<string>): Json[] {
  const reader = partialJson()
  return [...pieces].map(piece => reader.push(piece)).filter(look => look !== undefined)
}

function last(pieces: Iterable<string>): Json | undefined {
  return looks(pieces).at(-1)
}

/** Whether one value can grow into the other. */
function isPartOf(part: Json, whole: Json, open = true): boolean {
  if (typeof part === 'string' && typeof whole === 'string') return open ? whole.startsWith(part) : part === whole
  if (Array.isArray(part) && Array.isArray(whole)) {
    return (
      part.length <= whole.length && part.every((item, n) => isPartOf(item, whole[n], open && n === part.length - 1))
    )
  }
  if (typeof part === 'object' && typeof whole === 'object' && part !== null && whole !== null) {
    const members = part as Record<string, Json>
    return Object.keys(members).every(
      key => Object.hasOwn(whole, key) && isPartOf(members[key] as Json, (whole as Record<string, Json>)[key] as Json)
    )
  }
  return part === whole
}

const values = fc
  .jsonValue({ maxDepth: 6, stringUnit: 'grapheme' })
  .chain(value =>
    fc.constantFrom<Json>([value as Json], { a: value as Json }, [1, value as Json, { '"\\': value as Json }])
  )

test('whatever the value and wherever its text is cut, the looks grow into it, and the last is the value', () => {
  const cuts = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 20 })
  fc.assert(
    fc.property(values, cuts, fc.constantFrom(0, 2), fc.boolean(), (value, sizes, space, escaped) => {
      const plain = JSON.stringify(value, null, space)
      const text = escaped
        ? plain.replace(/[^\x20-\x7e\n]/g, unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
        : plain
      const pieces: string[] = []
      for (let at = 0, n = 0; at < text.length; n++) {
        const size = sizes[n % sizes.length] as number
        pieces.push(text.slice(at, at + size))
        at += size
      }
      const seen = looks(pieces)
      const kept = seen.map(look => JSON.stringify(look))
      expect(seen.at(-1)).toEqual(JSON.parse(text))
      for (const look of seen) expect(isPartOf(look, JSON.parse(text))).toBe(true)
      // A later piece changed none that was given before.
      expect(seen.map(look => JSON.stringify(look))).toEqual(kept)
    }),
    { numRuns: 500 }
  )
})

test('a text grows as it is written; numbers, words and keys show when they are whole', () => {
  expect(looks(['{"na', 'me', '":"Be', 'rn', '","n":1', '2', ',"ok":tr', 'ue', ',"x":nul', 'l', '}'])).toEqual([
    { name: 'Be' },
    { name: 'Bern' },
    { name: 'Bern' },
    { name: 'Bern', n: 12 },
    { name: 'Bern', n: 12, ok: true },
    { name: 'Bern', n: 12, ok: true, x: null },
    { name: 'Bern', n: 12, ok: true, x: null }
  ])
})

test('what is complete is shared between looks, what is open is not', () => {
  const [first, second] = looks(['{"done":{"a":1},"open":["x', 'y']) as [{ done: object; open: string[] }, never]
  expect(second).toEqual({ done: { a: 1 }, open: ['xy'] })
  expect(first).toEqual({ done: { a: 1 }, open: ['x'] })
  expect((second as typeof first).done).toBe(first.done)
})

test('half a character is never shown', () => {
  expect(looks(['["a\ud83d', '\ude00"', ']'])).toEqual([['a'], ['a😀'], ['a😀']])
  expect(looks(['["\\ud83d', '\\ude00', '"]'])).toEqual([[''], ['😀'], ['😀']])
})

test('words and fences before the JSON and after it are passed over', () => {
  expect(last('Here you are [as asked] {sic}:\n```json\n{"a":[1]}\n```\nAnything else? {"b":2}')).toEqual({ a: [1] })
  expect(last('no JSON at all')).toBeUndefined()
  expect(last('{}')).toEqual({})
  expect(last('[')).toBeUndefined()
})

test('text that is no JSON ends it, and nothing is shown of what follows', () => {
  for (const wrong of [
    'tru{"b":1}',
    "'x'",
    '01',
    '1.',
    '-',
    '.5',
    '"\n"',
    '"\\x"',
    '"\\u00g0"',
    'NaN',
    'undefined',
    '}',
    ','
  ]) {
    const reader = partialJson()
    expect(reader.push('{"a":[1,'), wrong).toEqual({ a: [1] })
    for (const piece of [...wrong, ',', '{"c":3}', ']', '}']) {
      const look = reader.push(piece)
      if (look !== undefined) expect(isPartOf(look, { a: [1, ''] }), wrong).toBe(true)
    }
  }
  expect(looks('{"a":1,}')).toEqual([{ a: 1 }])
  expect(looks('{"a":1 ]')).toEqual([{ a: 1 }])
})

test('members named like parts of every object are members', () => {
  const look = last('{"__proto__":{"polluted":true},"constructor":1,"a":') as object
  expect(Object.hasOwn(look, '__proto__')).toBe(true)
  expect(Object.getPrototypeOf(look)).toBe(Object.prototype)
  expect(JSON.stringify(look)).toBe('{"__proto__":{"polluted":true},"constructor":1}')
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  expect(last('{"a":1,"a":2}')).toEqual({ a: 2 })
})

test('nesting without an end gives up', () => {
  expect(last(['['.repeat(999), '1'])).toBeDefined()
  const reader = partialJson()
  expect(reader.push('['.repeat(100_000))).toBeUndefined()
  expect(reader.push(']'.repeat(100_000))).toBeUndefined()
})

test('each character is read at most twice, and all looks together copy no more than there are characters', () => {
  const codeAt = vi.spyOn(String.prototype, 'charCodeAt')
  const list = (count: number) => `[${'1,'.repeat(count)}"${'x'.repeat(count)}"]`
  const object = (count: number) => `{${Array.from({ length: count }, (_, n) => `"${n}":"x"`).join(',')}}`
  for (const [make, most] of [
    [list, 16],
    [object, 1]
  ] as const) {
    const text = make(20_000)
    const reader = partialJson()
    codeAt.mockClear()
    let copied = 0
    let given = 0
    for (let at = 0; at < text.length; at += 3) {
      const look = reader.push(text.slice(at, at + 3))
      if (look === undefined || at < 4000) continue
      given++
      copied += Object.keys(look as object).length
    }
    expect(codeAt.mock.calls.length).toBeLessThan(text.length * 2.2)
    expect(copied).toBeLessThan(text.length * most + 20_000)
    expect(given).toBeGreaterThan(20)
  }
})

test('a number of many digits that come one by one is read once', () => {
  const codeAt = vi.spyOn(String.prototype, 'charCodeAt')
  expect(last(`[${'1'.repeat(20_000)}]`)).toEqual([Number.POSITIVE_INFINITY])
  expect(codeAt.mock.calls.length).toBeLessThan(60_000)
})
