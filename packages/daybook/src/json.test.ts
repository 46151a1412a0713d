import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { InputError } from './errors.js'
import { canonical, copyJson, deepFreeze, frozenCopy, isDeepFrozen } from './json.js'

/** A value, and the same with the members of every object in the opposite order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, reversed(member)])
  )
}

function nested(depth: number): unknown {
  let value: unknown = 1
  for (let level = 0; level < depth; level++) value = [value]
  return value
}

const cyclic: Record<string, unknown> = {}
cyclic.self = cyclic

describe('canonical', () => {
  test('is stable over any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), value => {
        const text = canonical(value)
        expect(canonical(JSON.parse(text))).toBe(text)
      })
    )
  })

  test('does not depend on the order of members', () => {
    fc.assert(fc.property(fc.jsonValue(), value => canonical(reversed(value)) === canonical(value)))
  })

  test('can be read back, so that different values have different texts', () => {
    fc.assert(
      fc.property(fc.jsonValue(), value => {
        expect(JSON.parse(canonical(value))).toEqual(JSON.parse(JSON.stringify(value)))
      })
    )
  })

  test('writes every double as ECMAScript does, and reads it back', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), number => {
        expect(Object.is(JSON.parse(canonical(number)), number === 0 ? 0 : number)).toBe(true)
        expect(canonical(number)).toBe(JSON.stringify(number))
      }),
      { numRuns: 10_000 }
    )
  })

  test.each([
    [-0, '0'],
    [1e21, '1e+21'],
    [5e-324, '5e-324'],
    [1.0, '1'],
    [0.1 + 0.2, '0.30000000000000004'],
    [1.7976931348623157e308, '1.7976931348623157e+308'],
    ['\ud800', '"\\ud800"'],
    ['\udc00x', '"\\udc00x"'],
    ['\u2028', '"\u2028"'],
    ['é', '"é"'],
    [[], '[]'],
    [{}, '{}'],
    [null, 'null'],
    [{ b: undefined, a: 1 }, '{"a":1}'],
    [{ 10: 1, 9: 2, a: 3 }, '{"10":1,"9":2,"a":3}'],
    [{ '\ufb33': 1, '\ud83d\ude00': 2 }, '{"\ud83d\ude00":2,"\ufb33":1}'],
    [JSON.parse('{"__proto__": {"a": 1}}'), '{"__proto__":{"a":1}}'],
    [Object.assign(Object.create(null), { a: 1 }), '{"a":1}']
  ])('writes %j as %s', (value, text) => {
    expect(canonical(value)).toBe(text)
  })

  test.each([
    ['NaN', Number.NaN],
    ['Infinity', { a: [Number.POSITIVE_INFINITY] }],
    ['a BigInt', 1n],
    ['a Date', new Date(0)],
    ['a Map', { a: new Map() }],
    ['a class', new (class Point {})()],
    ['a function', () => 1],
    ['a symbol', Symbol('a')],
    ['undefined', undefined],
    ['undefined in a list', [undefined]],
    ['a hole in a list', new Array(1)],
    ['a value that contains itself', cyclic],
    ['what is nested too deeply', nested(20_000)]
  ])('refuses %s', (_name, value) => {
    expect(() => canonical(value)).toThrow(InputError)
  })
})

describe('copyJson', () => {
  test('gives an equal value that shares nothing', () => {
    fc.assert(
      fc.property(fc.jsonValue(), value => {
        const before = canonical(value)
        const copy = copyJson(value)
        deepFreeze(copy)
        expect(canonical(value)).toBe(before)
        expect(canonical(copy)).toBe(before)
        if (typeof value === 'object' && value !== null) expect(copy).not.toBe(value)
      })
    )
  })

  test('keeps a member called __proto__ as a member', () => {
    const copy = copyJson(JSON.parse('{"__proto__": {"polluted": true}, "a": 1}'))
    expect(Object.keys(copy)).toEqual(['__proto__', 'a'])
    expect(copy.polluted).toBeUndefined()
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  })

  test('leaves undefined members out and refuses what JSON cannot say', () => {
    expect(Object.keys(copyJson({ a: undefined, b: 1 }))).toEqual(['b'])
    for (const value of [Number.NaN, 1n, new Date(0), cyclic, nested(20_000), new Array(2), { f() {} }]) {
      expect(() => copyJson(value)).toThrow(InputError)
    }
  })
})

describe('deepFreeze and isDeepFrozen', () => {
  test('agree on any JSON', () => {
    fc.assert(fc.property(fc.jsonValue(), value => isDeepFrozen(deepFreeze(value))))
  })

  test('and frozenCopy, which leaves its input as it was', () => {
    fc.assert(
      fc.property(fc.jsonValue(), value => {
        const copy = frozenCopy(value)
        expect(canonical(copy)).toBe(canonical(value))
        expect(isDeepFrozen(copy)).toBe(true)
        if (typeof value === 'object' && value !== null) expect(Object.isFrozen(value)).toBe(false)
        expect(isDeepFrozen(Object.freeze({ copy, more: {} }))).toBe(false)
      })
    )
  })

  test('see one mutable place, however deep', () => {
    expect(isDeepFrozen({ a: 1 })).toBe(false)
    expect(isDeepFrozen(Object.freeze({ a: Object.freeze([Object.freeze({ b: {} })]) }))).toBe(false)
    expect(isDeepFrozen('text')).toBe(true)
  })

  test('are not deceived by getters and classes, which frozen or not may give something else', () => {
    expect(isDeepFrozen(Object.freeze({ get a() {return 1} }))).toBe(false) // biome-ignore format: one line
    expect(isDeepFrozen(Object.freeze(new Map()))).toBe(false)
  })

  test('end at a value that contains itself, and refuse what would overflow the stack', () => {
    const loop: Record<string, unknown> = {}
    loop.self = loop
    expect(Object.isFrozen(deepFreeze(loop))).toBe(true)
    expect(isDeepFrozen(loop)).toBe(false)
    expect(() => deepFreeze(nested(20_000))).toThrow(InputError)
  })
})
