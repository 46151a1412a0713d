import { Validator } from '@cfworker/json-schema'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { valueFor } from './simulated-json.js'
import { diceFor } from './simulated-text.js'

/** What is wrong with the value that is made for a schema. */
function faults(schema: object, seed: unknown = 0): readonly unknown[] {
  const value = valueFor(schema, diceFor(String(seed)))
  const { valid, errors } = new Validator(schema as never, '2020-12').validate(JSON.parse(JSON.stringify(value)))
  return valid ? [] : [value, ...errors.map(({ instanceLocation, error }) => `${instanceLocation} ${error}`)]
}

/** Schemas of the keywords that are promised, with bounds that can be met. */
const schemas = fc.letrec<{ node: object; leaf: object; branch: object }>(tie => ({
  node: fc.oneof({ maxDepth: 4 }, tie('leaf'), tie('branch')),
  leaf: fc.oneof(
    fc.constantFrom({ type: 'boolean' }, { type: 'null' }, { const: { a: 1 } }, { enum: ['red', 7, null] }),
    fc.constantFrom('date', 'date-time', 'email', 'uri', 'uuid', 'time').map(format => ({ type: 'string', format })),
    fc
      .tuple(fc.nat(20), fc.nat(20))
      .map(([least, more]) => ({ type: 'string', minLength: least, maxLength: least + more })),
    fc
      .tuple(fc.constantFrom('integer', 'number'), fc.integer({ min: -50, max: 50 }), fc.nat(30), fc.boolean())
      .map(([type, low, more, open]) =>
        open
          ? { type, exclusiveMinimum: low, exclusiveMaximum: low + more + 2 }
          : { type, minimum: low, maximum: low + more }
      ),
    fc
      .tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: 1, max: 9 }))
      .map(([minimum, multipleOf]) => ({ type: 'integer', minimum, multipleOf })),
    fc.double({ min: -1, max: 1, noNaN: true }).map(low => ({ type: 'number', minimum: low, maximum: low + 0.001 }))
  ),
  branch: fc.oneof(
    fc
      .tuple(fc.dictionary(fc.constantFrom('name', 'items', 'a b', 'x/y'), tie('node'), { maxKeys: 4 }), fc.boolean())
      .map(([properties, all]) => ({
        type: 'object',
        properties,
        required: Object.keys(properties).slice(0, all ? 4 : 1),
        additionalProperties: false
      })),
    fc.tuple(tie('node'), fc.nat(4), fc.nat(4)).map(([items, least, more]) => ({
      type: 'array',
      items,
      minItems: least,
      maxItems: least + more
    })),
    fc.array(tie('node'), { minLength: 1, maxLength: 3 }).map(anyOf => ({ anyOf }))
  )
}))

test('the value fits its schema', () => {
  fc.assert(
    fc.property(schemas.node, fc.nat(), (schema, seed) => {
      expect(faults(schema, seed)).toEqual([])
    }),
    { numRuns: 500 }
  )
})

test('schemas that refer to themselves end, and are met', () => {
  const tree = {
    $ref: '#/$defs/node',
    $defs: {
      node: {
        type: 'object',
        properties: { name: { type: 'string' }, children: { type: 'array', items: { $ref: '#/$defs/node' } } },
        required: ['name', 'children'],
        additionalProperties: false
      }
    }
  }
  const list = {
    type: 'object',
    properties: { value: { type: 'number' }, next: { anyOf: [{ $ref: '#' }, { type: 'null' }] } },
    required: ['value', 'next'],
    additionalProperties: false
  }
  const optional = { type: 'object', properties: { self: { $ref: '#' } } }
  for (const schema of [tree, list, optional]) expect(faults(schema)).toEqual([])
  const endless = { type: 'object', properties: { self: { $ref: '#' } }, required: ['self'] }
  expect(() => JSON.stringify(valueFor(endless, diceFor('')))).not.toThrow()
  const letters = [...'abcdefghijklmnopqrstuvwxyz']
  const wide = { type: 'object', properties: Object.fromEntries(letters.map(letter => [letter, { $ref: '#' }])) }
  expect(faults(wide)).toEqual([])
  expect(JSON.stringify(valueFor({ ...wide, required: letters }, diceFor(''))).length).toBeLessThan(1_000_000)
})

test('allOf, tuples, unique items, and what zod makes of its own schemas', () => {
  const both = {
    allOf: [
      { $ref: '#/$defs/named' },
      { type: 'object', properties: { age: { type: 'integer', minimum: 3, maximum: 3 } }, required: ['age'] }
    ],
    $defs: { named: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] } }
  }
  expect(valueFor(both, diceFor(''))).toEqual({ name: 'a simulated name', age: 3 })
  const order = z.object({
    kind: z.literal('order'),
    state: z.enum(['open', 'paid']),
    at: z.iso.datetime(),
    mail: z.email(),
    site: z.url(),
    place: z.tuple([z.number(), z.number()]),
    price: z.number().positive().max(1),
    count: z.int().min(2).multipleOf(4),
    age: z.int(),
    note: z.string().nullable(),
    tags: z.array(z.enum(['a', 'b', 'c'])).min(3),
    choice: z.union([z.object({ left: z.boolean() }), z.string()]),
    more: z.string().optional()
  })
  for (let seed = 0; seed < 50; seed++) {
    const schema = z.toJSONSchema(order, { io: 'input' })
    expect(faults(schema, seed)).toEqual([])
    expect(order.safeParse(valueFor(schema, diceFor(String(seed)))).error).toBeUndefined()
  }
  const unique = { type: 'array', items: { enum: [1, 2, 3] }, minItems: 3, uniqueItems: true }
  for (let seed = 0; seed < 20; seed++) expect(faults(unique, seed)).toEqual([])
})

test('figures are small where no bound says otherwise, and members of a list can be told apart', () => {
  const schema = z.toJSONSchema(z.object({ people: z.array(z.object({ name: z.string(), age: z.int() })) }))
  const { people } = valueFor(schema, diceFor('')) as { people: { name: string; age: number }[] }
  expect(people.map(({ name }) => name)).toEqual(['a simulated name 1', 'a simulated name 2'])
  for (const { age } of people) expect([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]).toContain(age)
})

test('what is no schema makes no trouble', () => {
  for (const schema of [undefined, null, true, false, 7, 'text', [], { $ref: '#/nowhere' }, { enum: [] }, {}]) {
    expect(() => valueFor(schema, diceFor(''))).not.toThrow()
  }
})
