import fc from 'fast-check'
import { expect, expectTypeOf, test } from 'vitest'
import { z } from 'zod'
import { InputError } from '../errors.js'
import type { JsonObject } from '../json.js'
import { type OutputOf, type SchemaSource, type StandardSchema, schemaOf } from './schema.js'
import { schemaReader } from './schema-reader.js'

async function fitting(source: SchemaSource, value: unknown): Promise<unknown> {
  const checked = await schemaOf(source).validate(value)
  if (!checked.ok) throw new Error(checked.issues.join('\n'))
  return checked.value
}

async function issuesOf(source: SchemaSource, value: unknown): Promise<readonly string[]> {
  const checked = await schemaOf(source).validate(value)
  if (checked.ok) throw new Error(`It fits: ${JSON.stringify(checked.value)}`)
  return checked.issues
}

const order = z.object({
  id: z.string(),
  note: z.string().optional(),
  state: z.enum(['open', 'shut']).default('open'),
  paid: z.string().nullable(),
  items: z.array(z.object({ price: z.number(), sale: z.number().optional() }))
})

/** The same as plain JSON Schema. */
const plainOrder = {
  type: 'object',
  properties: {
    id: { type: 'string' },
    note: { type: 'string' },
    state: { enum: ['open', 'shut'], default: 'open' },
    paid: { type: ['string', 'null'] },
    items: {
      type: 'array',
      items: {
        type: 'object',
        properties: { price: { type: 'number' }, sale: { type: 'number' } },
        required: ['price']
      }
    }
  },
  required: ['id', 'paid', 'items']
} as const

test('a zod schema says its JSON Schema of the input, frozen, and its type', () => {
  const schema = schemaOf(order)
  expect(schema.jsonSchema).toMatchObject({ type: 'object', required: ['id', 'paid', 'items'] })
  expect(schema.jsonSchema).not.toHaveProperty('$schema')
  expect(Object.isFrozen(schema.jsonSchema)).toBe(true)
  expectTypeOf<OutputOf<typeof order>>().toEqualTypeOf<z.output<typeof order>>()
  expectTypeOf<OutputOf<typeof plainOrder>>().toEqualTypeOf<unknown>()
})

test('a source is read once, and a schema of ours stands for itself', () => {
  let asked = 0
  const counted: StandardSchema = {
    '~standard': {
      ...order['~standard'],
      jsonSchema: {
        input: options => {
          asked++
          return order['~standard'].jsonSchema.input(options as { target: 'draft-2020-12' })
        },
        output: () => ({})
      }
    }
  }
  const schema = schemaOf(counted)
  expect(schemaOf(counted)).toBe(schema)
  expect(schemaOf(schema as unknown as SchemaSource)).toBe(schema)
  expect(asked).toBe(1)
})

for (const [make, source] of [
  ['zod', order],
  ['JSON Schema', plainOrder]
] as const) {
  test(`${make}: a null for what is optional and cannot be null counts as left out, at any depth`, async () => {
    const written = { id: 'a', note: null, state: null, paid: null, items: [{ price: 1, sale: null }] }
    const before = structuredClone(written)
    expect(await fitting(source, written)).toEqual({ id: 'a', state: 'open', paid: null, items: [{ price: 1 }] })
    expect(written).toEqual(before)
  })

  test(`${make}: what does not fit is told with its place`, async () => {
    const issues = await issuesOf(source, { paid: 1, items: [{ price: 1 }, { price: 'two' }, { price: null }] })
    const places = issues.map(issue => issue.split(':')[0])
    expect(places).toContain('at $.paid')
    expect(places).toContain('at $.items[1].price')
    expect(places).toContain('at $.items[2].price')
    expect(issues.some(issue => issue.includes('id'))).toBe(true)
    expect(issues).toHaveLength(4)
  })

  test(`${make}: values of any kind are refused in words and pollute nothing`, async () => {
    const proto = JSON.parse(
      '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"id":"a","paid":null,"items":[]}'
    )
    expect(await fitting(source, proto)).toMatchObject({ id: 'a', items: [] })
    expect(({} as { polluted?: number }).polluted).toBeUndefined()
    let deep: unknown = null
    for (let level = 0; level < 100_000; level++) deep = [deep]
    expect(await issuesOf(source, { id: deep, paid: null, items: [] })).toEqual([
      'at $: nested more than 1000 levels deep'
    ])
    const many = await issuesOf(source, {
      id: 'a',
      paid: null,
      items: Array(make === 'zod' ? 10_000 : 130_000).fill({})
    })
    expect(many.length).toBeLessThanOrEqual(21)
    for (const value of [null, undefined, 1, 'x', true, [], 10n, () => 1, Symbol('x'), new Map(), Number.NaN]) {
      expect((await issuesOf(source, value)).length).toBeGreaterThan(0)
    }
  })
}

test('a null stays where the schema wants one, and where a member must be there', async () => {
  expect(await issuesOf(z.object({ a: z.string() }), { a: null })).toHaveLength(1)
  expect(await fitting(z.object({ a: z.string().nullish() }), { a: null })).toEqual({ a: null })
  expect(await fitting(z.object({ a: z.any() }), { a: null })).toEqual({ a: null })
  expect(await fitting(z.array(z.number().nullable()), [null, 1])).toEqual([null, 1])
  expect(await issuesOf(z.record(z.string(), z.number()), { a: null })).toHaveLength(1)
})

test('nulls are left out behind references, in recursive schemas, and in the alternative that is meant', async () => {
  interface Tree {
    value: string
    note?: string | undefined
    kids?: Tree[] | undefined
  }
  const tree: z.ZodType<Tree> = z.lazy(() =>
    z.object({ value: z.string(), note: z.string().optional(), kids: z.array(tree).optional() })
  )
  const root = z.object({ tree })
  expect(
    await fitting(root, { tree: { value: 'a', note: null, kids: [{ value: 'b', note: null, kids: null }] } })
  ).toEqual({ tree: { value: 'a', kids: [{ value: 'b' }] } })

  const shape = z.object({
    shape: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('circle'), radius: z.number(), label: z.string().optional() }),
      z.object({ kind: z.literal('square'), side: z.number(), label: z.string().nullable() })
    ])
  })
  expect(await fitting(shape, { shape: { kind: 'circle', radius: 1, label: null } })).toEqual({
    shape: { kind: 'circle', radius: 1 }
  })
  expect(await fitting(shape, { shape: { kind: 'square', side: 1, label: null } })).toEqual({
    shape: { kind: 'square', side: 1, label: null }
  })
})

test('whether null fits is seen through references in circles, in parts and in conditions', async () => {
  const source: JsonObject = {
    $defs: { a: { anyOf: [{ $ref: '#/$defs/b' }, { type: 'null' }] }, b: { $ref: '#/$defs/a' } },
    allOf: [{ type: 'object', properties: { a: { $ref: '#/$defs/a' }, b: { $ref: '#/$defs/b' } } }],
    properties: { kept: { const: null }, chosen: { enum: ['x', null] }, gone: { enum: ['x', 'y'] } },
    if: { required: ['kept'] },
    then: { properties: { more: { type: 'string' } } }
  }
  expect(await fitting(source, { kept: null, chosen: null, gone: null, more: null })).toEqual({
    kept: null,
    chosen: null
  })
  expect(await fitting({ ...source, $defs: { a: { type: 'string' }, b: { $ref: '#/$defs/a' } } }, { b: null })).toEqual(
    {}
  )
  const { withoutNulls } = schemaReader(source)
  expect(withoutNulls({ b: null, a: null })).toEqual({ b: null, a: null })
})

test('defaults of JSON Schema are filled in behind references, and in the one alternative that is meant', async () => {
  const source: JsonObject = {
    $defs: { unit: { type: 'object', properties: { name: { type: 'string', default: 'kg' } } } },
    type: 'object',
    properties: {
      unit: { $ref: '#/$defs/unit' },
      list: { type: 'array', items: { $ref: '#/$defs/unit' } },
      either: {
        anyOf: [
          { type: 'object', properties: { a: { const: 'x' }, b: { type: 'number', default: 1 } }, required: ['a'] },
          { type: 'object', properties: { c: { const: 'y' }, d: { type: 'array', default: [] } }, required: ['c'] }
        ]
      }
    }
  }
  expect(await fitting(source, { unit: {}, list: [{}, { name: 'g' }], either: { c: 'y' } })).toEqual({
    unit: { name: 'kg' },
    list: [{ name: 'kg' }, { name: 'g' }],
    either: { c: 'y', d: [] }
  })
  const one = (await fitting(source, { either: { c: 'y' } })) as { either: { d: unknown[] } }
  one.either.d.push(1)
  expect(await fitting(source, { either: { c: 'y' } })).toEqual({ either: { c: 'y', d: [] } })
})

test('equal members of a list are found in one pass', async () => {
  const source: JsonObject = { type: 'object', properties: { tags: { type: 'array', uniqueItems: true } } }
  expect(await issuesOf(source, { tags: [{ a: 1, b: 2 }, 1, { b: 2, a: 1 }] })).toEqual([
    'at $.tags: has the same member twice'
  ])
  // 100,000 members would be five thousand million pairs.
  expect(await fitting(source, { tags: Array.from({ length: 100_000 }, (_, n) => n) })).toBeDefined()
})

test('members that are not in the schema are named; places are written so that they can be read', async () => {
  const source: JsonObject = { type: 'object', properties: { a: { type: 'number' } }, additionalProperties: false }
  expect(await issuesOf(source, { 'b c/~#%é': 1 })).toEqual(['at $["b c/~#%é"]: the schema has no such member'])
  expect(await issuesOf({ type: 'object', additionalProperties: { type: 'number' } }, { 7: 'x' })).toEqual([
    expect.stringMatching(/^at \$\["7"\]: /)
  ])
})

test('what is wrong with each alternative of a zod union is told', async () => {
  const issues = await issuesOf(z.object({ u: z.union([z.number(), z.object({ k: z.string() })]) }), { u: { k: 1 } })
  expect(issues.map(issue => issue.split(':')[0])).toEqual(['at $.u', 'at $.u', 'at $.u.k'])
})

test('what cannot be written as JSON Schema is refused, with its place', () => {
  const date = z.object({ list: z.array(z.object({ when: z.date().optional() })) })
  expect(() => schemaOf(date)).toThrow(/at \$\.list\[\*\]\.when: .*Date/)
  expect(() => schemaOf(z.object({ a: z.union([z.string(), z.map(z.string(), z.string())]) }))).toThrow(/at \$\.a: /)
  expect(() => schemaOf(z.object({ a: z.lazy(() => z.record(z.string(), z.bigint())) }))).toThrow(/at \$\.a\[\*\]: /)
  expect(() => schemaOf(z.object({ a: z.custom(() => true) }))).toThrow(/at \$\.a: /)
  expect(schemaOf(z.object({ a: z.string().transform(Number) })).jsonSchema.properties).toEqual({
    a: { type: 'string' }
  })
})

test('a Standard Schema without JSON Schema is refused with the way out', () => {
  const old: StandardSchema = { '~standard': { version: 1, vendor: 'old', validate: value => ({ value }) } }
  expect(() => schemaOf(old)).toThrow(/"old" schema cannot say.*JSON Schema itself.*zod 4\.2/)
})

test('a schema that is a function, and one that answers later, are schemas too', async () => {
  const later: StandardSchema<number> = Object.assign(() => 1, {
    '~standard': {
      version: 1 as const,
      vendor: 'mine',
      validate: async (value: unknown) =>
        value === 1 ? { value: 2 } : { issues: [{ message: 'not 1', path: [{ key: 'a' }, 0] }] },
      jsonSchema: { input: () => ({ type: 'number' }), output: () => ({ type: 'number' }) }
    }
  })
  expect(await fitting(later, 1)).toBe(2)
  expect(await issuesOf(later, 3)).toEqual(['at $.a[0]: not 1'])
  expectTypeOf(schemaOf(later).validate).returns.resolves.toExtend<{ ok: boolean }>()
})

test('a check of the caller that throws is told and not thrown', async () => {
  const broken = z.string().refine(() => {
    throw new Error('my bug')
  })
  expect(await issuesOf(z.object({ a: broken }), { a: 'x' })).toEqual([expect.stringContaining('my bug')])
})

test('what is no schema is refused, with the place of what is wrong', () => {
  for (const none of [null, undefined, 1, 'x', [], {}, { city: 'string' }, new Map(), () => 1]) {
    expect(() => schemaOf(none as never), String(none)).toThrow(InputError)
  }
  const wrong: [JsonObject, RegExp][] = [
    [{ type: 'object', properties: { a: { type: 'strnig' } } }, /\$\.properties\.a\.type is no type: "strnig"/],
    [{ type: 'object', properties: { a: 'string' } }, /\$\.properties\.a must be a schema/],
    [{ type: 'object', properties: [] }, /\$\.properties must hold/],
    [{ anyOf: {} }, /\$\.anyOf must be a list/],
    [{ type: 'object', required: 'a' }, /\$\.required must be a list/],
    [{ type: 'array', items: { $ref: '#/$defs/gone' } }, /\$\.items\.\$ref names nothing/],
    [{ $ref: 'https://example.test/schema' }, /\$\.\$ref names nothing/],
    [{ type: 'string', pattern: '(' }, /\$\.pattern is no regular expression/],
    [{ type: 'number', exclusiveMinimum: true }, /\$\.exclusiveMinimum must be a number/]
  ]
  for (const [schema, message] of wrong) expect(() => schemaOf(schema)).toThrow(message)
  expect(() => schemaOf({ type: 'object', properties: { a: z.string() } } as never)).toThrow(/JSON cannot hold/)
})

test('a schema that refers to itself without end is refused in words', async () => {
  expect(await issuesOf({ $ref: '#' }, 1)).toEqual([expect.stringContaining('cannot be checked')])
})

test('names, documents and notes of a schema are no part of the check', async () => {
  const source: JsonObject = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'order 7',
    type: 'object',
    properties: { id: { type: 'string', id: 'inner', examples: [{ id: 1 }], 'x-note': { id: 5, $ref: 'nowhere' } } }
  }
  expect(await fitting(source, { id: 'a' })).toEqual({ id: 'a' })
  expect(schemaOf(source).jsonSchema.$id).toBe('order 7')
})

test('reading by the schema sees each part of a value once, however its alternatives refer to each other', () => {
  let seen = 0
  const node: JsonObject = {
    anyOf: [{ $ref: '#/$defs/a' }, { $ref: '#/$defs/b' }],
    $defs: {
      a: { type: 'object', properties: { next: { $ref: '#' }, x: { type: 'string' } } },
      b: { type: 'object', properties: { next: { $ref: '#' }, x: { type: 'string' } } }
    }
  }
  const { withoutNulls } = schemaReader(node)
  let value: unknown = { x: null }
  for (let level = 0; level < 300; level++) {
    const inner = value
    value = {
      get next() {
        seen++
        return inner
      }
    }
  }
  const result = withoutNulls(value)
  expect(JSON.stringify(result)).toBe(`${'{"next":'.repeat(300)}{}${'}'.repeat(300)}`)
  // Once for the search for nulls, and a fixed number of times for each reading.
  expect(seen).toBeLessThan(300 * 10)
})

test('values that fit a schema still do after null has been put for all that was left out', async () => {
  const source = plainOrder as unknown as JsonObject
  const maybe = <T>(some: fc.Arbitrary<T>) => fc.option(some, { nil: null })
  const written = fc.record({
    id: fc.string(),
    note: maybe(fc.string()),
    state: maybe(fc.constantFrom('open', 'shut')),
    paid: maybe(fc.string()),
    items: fc.array(
      fc.record({ price: fc.double({ noNaN: true, noDefaultInfinity: true }), sale: maybe(fc.integer()) })
    )
  })
  await fc.assert(
    fc.asyncProperty(written, async value => {
      const ours = await fitting(source, value)
      expect(ours).toEqual(await fitting(order, value))
      expect(order.safeParse(ours).success).toBe(true)
    }),
    { numRuns: 100 }
  )
})
