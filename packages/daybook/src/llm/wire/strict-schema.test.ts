import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { deepFreeze, type JsonObject } from '../../json.js'
import { messagesRules, strictSchema } from './strict-schema.js'

const written = (schema: z.ZodType): JsonObject => deepFreeze(z.toJSONSchema(schema, { io: 'input' })) as JsonObject
const strict = (schema: z.ZodType) => strictSchema(written(schema))
const problem = (schema: unknown, rules?: typeof messagesRules): string => {
  try {
    strictSchema(schema as JsonObject, rules)
  } catch (error) {
    const { kind, message } = error as { kind: string; message: string }
    return `${kind}: ${message}`
  }
  return 'none'
}

describe('in strict mode', () => {
  test('all properties are required, the optional ones may be null, and there are no others', () => {
    const made = strict(z.object({ name: z.string(), age: z.int().optional(), kind: z.enum(['a', 'b']).optional() }))
    expect(made).toEqual({
      schema: {
        type: 'object',
        properties: {
          name: { type: 'string' },
          age: { type: ['integer', 'null'] },
          kind: { type: ['string', 'null'], enum: ['a', 'b', null] }
        },
        required: ['name', 'age', 'kind'],
        additionalProperties: false
      },
      dropped: []
    })
  })

  test('what may be null already stays as it is, and objects, lists, literals and unions get null beside them', () => {
    const { schema } = strict(
      z.object({
        a: z.string().nullable().optional(),
        b: z.object({ x: z.number() }).optional(),
        c: z.array(z.string()).optional(),
        d: z.literal(5).optional(),
        e: z.union([z.string(), z.array(z.string())]).optional()
      })
    )
    const none = { type: 'null' }
    expect(schema.properties).toEqual({
      a: { type: ['string', 'null'] },
      b: {
        anyOf: [
          {
            type: 'object',
            properties: { x: { type: 'number' } },
            required: ['x'],
            additionalProperties: false
          },
          none
        ]
      },
      c: { anyOf: [{ type: 'array', items: { type: 'string' } }, none] },
      d: { anyOf: [{ type: 'number', const: 5 }, none] },
      e: { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }, none] }
    })
  })

  test('what is not allowed is left out, named, and told in the description', () => {
    const made = strict(
      z.object({
        items: z.array(z.object({ price: z.number().min(0).describe('In dollars.') })).max(3),
        mail: z.string().min(3).default('x@y.test'),
        site: z.url(),
        day: z.iso.date()
      })
    )
    expect(made.dropped).toEqual([
      '$.items.maxItems',
      '$.items[].price.minimum',
      '$.mail.default',
      '$.mail.minLength',
      '$.site.format',
      '$.day.pattern'
    ])
    expect(made.schema.properties).toEqual({
      items: {
        type: 'array',
        description: '(maxItems: 3)',
        items: {
          type: 'object',
          properties: { price: { type: 'number', description: 'In dollars. (minimum: 0)' } },
          required: ['price'],
          additionalProperties: false
        }
      },
      mail: { type: ['string', 'null'], description: '(default: "x@y.test", minLength: 3)' },
      site: { type: 'string', description: '(format: "uri")' },
      day: { type: 'string', format: 'date' } // its pattern is too long to be told
    })
  })

  test('a pattern of a page is left out without being told', () => {
    const made = strictSchema({ type: 'object', properties: { x: { type: 'string', pattern: 'a'.repeat(500) } } })
    expect(made.dropped).toEqual(['$.x.pattern'])
    expect(made.schema.properties).toEqual({ x: { type: ['string', 'null'] } })
  })

  test('a schema that contains itself keeps its references', () => {
    const Tree = z.object({
      name: z.string(),
      get children() {
        return z.array(Tree)
      },
      get left() {
        return Tree.optional()
      }
    })
    const { schema } = strict(Tree)
    expect(schema.properties).toMatchObject({
      children: { type: 'array', items: { $ref: '#' } },
      left: { anyOf: [{ $ref: '#' }, { type: 'null' }] }
    })
    expect(schema).not.toHaveProperty('$defs')
  })

  test('parts that are used again stand in $defs once, wherever they stood, and unused ones are left out', () => {
    const part = { type: 'object', properties: { again: { $ref: '#/definitions/a~1b' } } }
    const made = strictSchema({
      type: 'object',
      required: ['one', 'two'],
      properties: { one: { $ref: '#/definitions/a~1b' }, two: { $ref: '#/properties/one' } },
      definitions: { 'a/b': part, unused: { type: 'string' } }
    })
    const name = 'a_1b'
    expect(made.schema).toEqual({
      type: 'object',
      required: ['one', 'two'],
      properties: { one: { $ref: `#/$defs/${name}` }, two: { $ref: '#/$defs/one' } },
      additionalProperties: false,
      $defs: {
        [name]: {
          type: 'object',
          properties: { again: { anyOf: [{ $ref: `#/$defs/${name}` }, { type: 'null' }] } },
          required: ['again'],
          additionalProperties: false
        },
        one: { $ref: `#/$defs/${name}` }
      }
    })
  })

  test('a root that only refers to its definition becomes it', () => {
    const made = strictSchema({ $ref: '#/$defs/Top', $defs: { Top: { type: 'object', properties: {} } } })
    expect(made.schema).toEqual({ type: 'object', properties: {}, required: [], additionalProperties: false })
  })

  test('oneOf becomes anyOf, and allOf is merged', () => {
    const made = strictSchema({
      type: 'object',
      required: ['u', 's'],
      properties: {
        u: { oneOf: [{ type: 'string' }, { const: 7 }] },
        s: { type: 'string', allOf: [{ pattern: 'a' }, { pattern: 'b' }] }
      },
      allOf: [{ type: 'object', properties: { more: { type: 'null' } }, required: ['more'] }, { $ref: '#/$defs/Base' }],
      $defs: { Base: { properties: { base: { type: 'boolean' } }, required: ['base'] } }
    })
    expect(made.schema.properties).toEqual({
      u: { anyOf: [{ type: 'string' }, { type: 'integer', const: 7 }] },
      s: { type: 'string', description: '(pattern: "a")' },
      more: { type: 'null' },
      base: { type: 'boolean' }
    })
    expect(strict(z.intersection(z.object({ a: z.string() }), z.object({ b: z.string() }))).schema.required).toEqual([
      'a',
      'b'
    ])
  })

  test.each([
    ['$.open it has an object with any properties', z.object({ open: z.record(z.string(), z.number()) })],
    ['$.pair it has a tuple', z.object({ pair: z.tuple([z.string(), z.number()]) })],
    ['$.a.b it has a value of any kind', z.object({ a: z.object({ b: z.unknown() }) })],
    ['$["a b"].anyOf[1][] it has', z.object({ 'a b': z.union([z.string(), z.array(z.any())]) })],
    ['$ it has a root that is no object', z.array(z.string())],
    ['$ it has a root that is no object', z.union([z.object({ a: z.string() }), z.object({ b: z.string() })])]
  ] as const)('what cannot be expressed is named before anything is sent: %s', (text, schema) => {
    expect(problem(written(schema))).toContain(`input: The schema cannot be sent: at ${text}`)
  })

  test.each([
    [{ type: 'object', properties: { x: true } }, '$.x it has anything'],
    [{ type: 'object', properties: { x: { not: { type: 'null' } } } }, '$.x it has `not`'],
    [{ type: 'object', properties: { x: { if: {} } } }, '$.x it has `if`'],
    [{ type: 'object', properties: { x: { type: 'array', items: [{}] } } }, '$.x it has a tuple'],
    [{ type: 'object', patternProperties: {} }, '$ it has names of properties by pattern'],
    [{ type: 'object', properties: { x: { type: 'object' } } }, '$.x it has an object with any properties'],
    [{ type: 'object', properties: { x: { $ref: 'https://x.test/y' } } }, '$.x it has a reference to'],
    [{ type: 'object', properties: { x: { $ref: '#/$defs/none' } } }, '$.x it has a reference to'],
    [{ type: 'object', properties: { x: { $ref: '#/constructor' } } }, '$.x it has a reference to'],
    [{ allOf: [{ $ref: '#' }] }, '$ it has more than 100 levels'],
    [{ type: 'object', allOf: [{ type: 'string' }] }, '$ it has an `allOf` with two `type`'],
    [null, '$ it has null where a schema belongs']
  ])('so is JSON Schema that no library wrote: %j', (schema, text) => {
    expect(problem(schema)).toContain(`input: The schema cannot be sent: at ${text}`)
  })

  test('a property that is called as an object’s own members are is a property like any other', () => {
    const { schema } = strictSchema(JSON.parse('{"type":"object","properties":{"__proto__":{"type":"string"}}}'))
    expect(JSON.stringify(schema)).toContain('"__proto__":{"type":["string","null"]}')
  })

  test('is computed once for each schema, which it does not change', () => {
    const schema = written(z.object({ a: z.string().min(1).optional() }))
    const text = JSON.stringify(schema)
    expect(strictSchema(schema)).toBe(strictSchema(schema))
    expect(strictSchema(schema, messagesRules)).not.toBe(strictSchema(schema))
    expect(JSON.stringify(schema)).toBe(text)
  })

  test('a schema of 5,000 properties takes no noticeable time', () => {
    const properties = Object.fromEntries(Array.from({ length: 5000 }, (_, n) => [`p${n}`, { type: 'string' }]))
    const begun = performance.now()
    strictSchema({ type: 'object', properties })
    expect(performance.now() - begun).toBeLessThan(1000)
  })
})

describe('for Anthropic', () => {
  test('optional properties stay optional; one item at least may be asked for, and addresses', () => {
    const schema = written(
      z.object({
        a: z.string().optional(),
        site: z.url(),
        list: z.array(z.string()).min(1),
        more: z.array(z.string()).min(2)
      })
    )
    expect(strictSchema(schema, messagesRules)).toEqual({
      schema: {
        type: 'object',
        properties: {
          a: { type: 'string' },
          site: { type: 'string', format: 'uri' },
          list: { type: 'array', minItems: 1, items: { type: 'string' } },
          more: { type: 'array', description: '(minItems: 2)', items: { type: 'string' } }
        },
        required: ['site', 'list', 'more'],
        additionalProperties: false
      },
      dropped: ['$.more.minItems']
    })
  })

  test('a schema that contains itself is refused', () => {
    const schema = { type: 'object', properties: { next: { $ref: '#' } } }
    expect(problem(schema, messagesRules)).toContain('at $.next it has a part that contains itself')
  })
})
