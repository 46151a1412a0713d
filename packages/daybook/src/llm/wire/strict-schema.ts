/** Fits a JSON Schema (draft 2020-12) to what a provider can hold an answer to. */
import { InputError, shown } from '../../errors.js'
import { canonical, isRecord, type Json, type JsonObject } from '../../json.js'

/** What one kind of provider allows. */
export interface SchemaRules {
  /** Every property must be required; one that was optional may be null instead. */
  readonly allRequired: boolean
  /** A schema may refer to itself. */
  readonly recursive: boolean
  readonly formats: readonly string[]
  /** The values of `minItems` that are allowed. */
  readonly minItems: readonly number[]
}

const formats = ['date-time', 'time', 'date', 'duration', 'email', 'hostname', 'ipv4', 'ipv6', 'uuid']

/** The strict mode of OpenAI, and of those who took it over: what all of them allow. */
export const strictRules: SchemaRules = { allRequired: true, recursive: true, formats, minItems: [] }

/** Anthropic's output format. */
export const messagesRules: SchemaRules = {
  allRequired: false,
  recursive: false,
  formats: [...formats, 'uri'],
  minItems: [0, 1]
}

export interface StrictSchema {
  readonly schema: JsonObject
  /** Where something was left out: `$.items[].price.minimum`. */
  readonly dropped: readonly string[]
}

const made = new Map<SchemaRules, WeakMap<object, StrictSchema>>()

/**
 * The schema with `additionalProperties: false` everywhere, without the keywords that the rules do not allow (they are
 * told in the description, and listed), `oneOf` as `anyOf`, `allOf` merged, and references to `$defs` only. Computed
 * once for each schema object, which must not be changed afterwards.
 * @throws InputError that names the path of what cannot be expressed, such as a record with open keys or a tuple.
 */
export function strictSchema(schema: JsonObject, rules: SchemaRules = strictRules): StrictSchema {
  const known = made.get(rules) ?? new WeakMap<object, StrictSchema>()
  made.set(rules, known)
  const before = isRecord(schema) ? known.get(schema) : undefined
  if (before) return before
  const result = adjusted(schema, rules)
  known.set(schema, result)
  return result
}

type Node = Readonly<Record<string, unknown>>
type Made = Record<string, Json>

/** They say nothing about the values. */
const silent = new Set(
  '$schema $id id $anchor $comment $defs definitions readOnly writeOnly deprecated discriminator'.split(' ')
)
/** Carried over, or handled by name. */
const structure = new Set(
  'type enum const title description properties required additionalProperties items anyOf'.split(' ')
)
const refused: Readonly<Record<string, string>> = {
  patternProperties: 'names of properties by pattern',
  prefixItems: 'a tuple',
  not: '`not`',
  if: '`if`',
  dependentSchemas: '`dependentSchemas`',
  $dynamicRef: '`$dynamicRef`'
}
const maxDepth = 100

function adjusted(root: unknown, rules: SchemaRules): StrictSchema {
  const dropped: string[] = []
  const names = new Map<unknown, string>([[root, '']])
  const defs: Made = {}
  const open = new Set<unknown>([root])

  /** What a local reference leads to. */
  function resolved(ref: unknown, path: string): unknown {
    const steps = typeof ref === 'string' && /^#(?:\/|$)/.test(ref) ? ref.split('/').slice(1) : undefined
    if (!steps) throw cannot(path, `a reference to ${shown(ref)}, which is outside of it`)
    let target = root
    for (const step of steps) {
      const key = decoded(step).replaceAll('~1', '/').replaceAll('~0', '~')
      const inside = typeof target === 'object' && target !== null && Object.hasOwn(target, key)
      if (!inside) throw cannot(path, `a reference to ${shown(ref)}, which is not there`)
      target = (target as Node)[key]
    }
    return target
  }

  function reference(ref: unknown, path: string, depth: number): Made {
    const target = resolved(ref, path)
    if (!rules.recursive && open.has(target)) throw cannot(path, 'a part that contains itself')
    let name = names.get(target)
    if (name === undefined) {
      const wanted =
        String(ref)
          .split('/')
          .at(-1)
          ?.replace(/[^\w-]/g, '_') || 'part'
      name = Object.hasOwn(defs, wanted) ? `${wanted}_${names.size}` : wanted
      names.set(target, name)
      define(name, null) // keeps its name while its own parts take theirs
      open.add(target)
      define(name, node(target, `$.$defs.${name}`, depth + 1))
      open.delete(target)
    }
    return { $ref: name === '' ? '#' : `#/$defs/${name}` }
  }

  function define(name: string, value: Json): void {
    Object.defineProperty(defs, name, { value, enumerable: true, configurable: true, writable: true })
  }

  /** With the members of its `allOf` in it, as far as they do not contradict each other. */
  function merged(schema: Node, path: string, depth: number): Node {
    if (depth > maxDepth) throw cannot(path, `more than ${maxDepth} levels`)
    const { allOf, ...rest } = schema
    if (allOf === undefined) return schema
    if (!Array.isArray(allOf)) throw cannot(path, 'an `allOf` that is no list')
    const all: Record<string, unknown> = { ...rest }
    for (const member of allOf) {
      const reached =
        isRecord(member) && '$ref' in member ? { ...member, ...(resolved(member.$ref, path) as Node) } : member
      if (!isRecord(reached)) throw cannot(path, 'an `allOf` of anything but schemas')
      const { $ref: _followed, ...part } = reached
      for (const [keyword, value] of Object.entries(merged(part, path, depth + 1))) {
        const own = all[keyword]
        if (own === undefined) all[keyword] = value
        else if (keyword === 'properties' && isRecord(own) && isRecord(value)) all[keyword] = union(own, value, path)
        else if (keyword === 'required' && Array.isArray(own) && Array.isArray(value)) {
          all[keyword] = [...new Set([...own, ...value])]
        } else if (contradicts(keyword) && !same(own, value)) throw cannot(path, `an \`allOf\` with two \`${keyword}\``)
      }
    }
    return all
  }

  function contradicts(keyword: string): boolean {
    return (
      (structure.has(keyword) || keyword === 'oneOf') && !/^(title|description|additionalProperties)$/.test(keyword)
    )
  }

  function union(own: Node, other: Node, path: string): Node {
    for (const [name, value] of Object.entries(other)) {
      if (Object.hasOwn(own, name) && !same(own[name], value)) {
        throw cannot(at(path, name), 'an `allOf` that says two things of it')
      }
    }
    return { ...own, ...other }
  }

  function node(given: unknown, path: string, depth: number): Made {
    if (depth > maxDepth) throw cannot(path, `more than ${maxDepth} levels`)
    if (!isRecord(given)) throw cannot(path, given === true ? 'anything' : `${shown(given)} where a schema belongs`)
    const schema = merged(given, path, depth)
    const told: string[] = []
    for (const [keyword, value] of Object.entries(schema)) {
      const why = Object.hasOwn(refused, keyword) ? refused[keyword] : undefined
      if (why) throw cannot(path, why)
      if (value === undefined || silent.has(keyword) || structure.has(keyword) || keyword === '$ref') continue
      if (keyword === 'oneOf' || isAllowed(keyword, value) || saysNothing(keyword, value)) continue
      dropped.push(`${path}.${keyword}`)
      const text = `${keyword}: ${JSON.stringify(value)}`
      if (text.length <= 200) told.push(text)
    }
    if (schema.$ref !== undefined) {
      for (const keyword of Object.keys(schema)) {
        if (structure.has(keyword)) dropped.push(`${path}.${keyword}`)
      }
      return reference(schema.$ref, path, depth)
    }

    const result: Made = {}
    const type = typeOf(schema)
    const choices = schema.anyOf ?? schema.oneOf
    if (type === undefined && choices === undefined) throw cannot(path, 'a value of any kind')
    if (type !== undefined) result.type = type as Json
    for (const keyword of ['title', 'enum', 'const', 'format', 'minItems']) {
      const value = schema[keyword]
      if (value !== undefined && (structure.has(keyword) || isAllowed(keyword, value))) result[keyword] = value as Json
    }
    const description = [schema.description, told.length > 0 ? `(${told.join(', ')})` : undefined]
    if (description.some(Boolean)) result.description = description.filter(Boolean).join(' ')
    if (choices !== undefined) {
      if (!Array.isArray(choices)) throw cannot(path, 'an `anyOf` that is no list')
      result.anyOf = choices.map((choice, index) => node(choice, `${path}.anyOf[${index}]`, depth + 1))
    }
    const types = Array.isArray(type) ? type : [type]
    if (types.includes('object')) object(schema, result, path, depth)
    if (types.includes('array')) {
      if (Array.isArray(schema.items)) throw cannot(path, 'a tuple')
      if (!isRecord(schema.items)) throw cannot(`${path}[]`, 'items of any kind')
      result.items = node(schema.items, `${path}[]`, depth + 1)
    }
    return result
  }

  function object(schema: Node, result: Made, path: string, depth: number): void {
    const { additionalProperties: more = false } = schema
    const properties = isRecord(schema.properties) ? schema.properties : {}
    const names = Object.keys(properties)
    const required = new Set(Array.isArray(schema.required) ? schema.required : [])
    if (names.length === 0 && (more !== false || (schema.properties === undefined && path !== '$'))) {
      throw cannot(path, 'an object with any properties')
    }
    if (more !== false) dropped.push(`${path}.additionalProperties`)
    const fitted: Made = {}
    for (const name of names) {
      const value = node(properties[name], at(path, name), depth + 1)
      const own = rules.allRequired && !required.has(name) ? nullable(value) : value
      Object.defineProperty(fitted, name, { value: own, enumerable: true, configurable: true, writable: true })
    }
    result.properties = fitted
    result.required = rules.allRequired ? names : names.filter(name => required.has(name))
    result.additionalProperties = false
  }

  function isAllowed(keyword: string, value: unknown): boolean {
    if (keyword === 'format') return rules.formats.includes(value as string)
    return keyword === 'minItems' && rules.minItems.includes(value as number)
  }

  const start =
    isRecord(root) && root.$ref !== undefined ? { ...root, $ref: undefined, allOf: [{ $ref: root.$ref }] } : root
  const schema = node(start, '$', 0)
  if (schema.type !== 'object' || schema.anyOf) throw cannot('$', 'a root that is no object: wrap it in one')
  return { schema: Object.keys(defs).length > 0 ? { ...schema, $defs: defs } : schema, dropped }
}

function cannot(path: string, what: string): Error {
  return new InputError(`The schema cannot be sent: at ${path} it has ${what}.`, {
    code: 'schema',
    hint: 'Say which properties and items there are; or describe the JSON in the prompt, and pass modelArgs: { response_format: { type: "json_object" } }.',
    data: { path }
  })
}

function at(path: string, name: string): string {
  return /^[\w$-]+$/.test(name) ? `${path}.${name}` : `${path}[${JSON.stringify(name)}]`
}

function same(one: unknown, other: unknown): boolean {
  return one === other || canonical(one) === canonical(other)
}

function decoded(step: string): string {
  try {
    return decodeURIComponent(step)
  } catch {
    return step
  }
}

/** As a schema library writes it for every whole number. */
function saysNothing(keyword: string, value: unknown): boolean {
  return /^(?:min|max)imum$/.test(keyword) && Math.abs(Number(value)) === Number.MAX_SAFE_INTEGER
}

/** The type that is said, or that follows from what else is. */
function typeOf(schema: Node): unknown {
  const { type, enum: values, properties, items } = schema
  if (type !== undefined) return type
  if (properties !== undefined) return 'object'
  if (items !== undefined) return 'array'
  const literals = 'const' in schema ? [schema.const] : Array.isArray(values) ? values : []
  const kinds = [...new Set(literals.map(kindOf))]
  return kinds.length > 1 ? kinds : kinds[0]
}

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  return typeof value
}

/** The same, or null. */
function nullable(schema: Made): Json {
  const { type, anyOf, enum: values } = schema
  const none = { type: 'null' }
  if (Array.isArray(anyOf) && type === undefined) {
    return anyOf.some(choice => isRecord(choice) && choice.type === 'null')
      ? schema
      : { ...schema, anyOf: [...anyOf, none] }
  }
  const types = Array.isArray(type) ? type : [type]
  if (types.includes('null')) return schema
  const simple =
    type !== undefined && !anyOf && !('const' in schema) && !types.some(one => one === 'object' || one === 'array')
  if (!simple) return { anyOf: [schema, none] }
  return { ...schema, type: [...types, 'null'] as Json, ...(Array.isArray(values) ? { enum: [...values, null] } : {}) }
}
