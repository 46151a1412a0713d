/** Plain JSON Schema as a schema of ours. The library that checks by it is loaded when there is something to check. */
import { type DaybookError, InputError, shown } from '../errors.js'
import { copyJson, frozenCopy, isRecord, type JsonObject } from '../json.js'
import { part } from '../once.js'
import { lines, pathOf } from './issues.js'
import { atPointer, decoded, depthOver, maxValueDepth } from './json-values.js'
import type { Schema, Validated } from './schema.js'
import { schemaReader } from './schema-reader.js'

/** @throws InputError that names the place of what is wrong with it. */
export function plainJsonSchema(source: JsonObject): Schema {
  const { $schema: _, ...jsonSchema } = frozenCopy(source)
  if (!marks.some(mark => Object.hasOwn(jsonSchema, mark))) {
    throw new InputError(
      `This is no JSON Schema: ${shown(jsonSchema)}. It must have one of ${marks.join(', ')}; or pass a zod schema.`
    )
  }
  const root = Object.freeze(jsonSchema) as JsonObject
  const checked = cleaned(root, [], root)
  const reader = schemaReader(root)
  const checker = part(() => checkOf(checked))
  return {
    jsonSchema: root,
    async validate(value) {
      if (depthOver(value, maxValueDepth)) {
        return { ok: false, issues: [`at $: nested more than ${maxValueDepth} levels deep`] }
      }
      const check = await checker()
      const relaxed = reader.withoutNulls(value)
      const problems = check(relaxed)
      if (problems.length > 0) return failed(problems)
      const whole = reader.withDefaults(relaxed, path => problems.push({ path, message: 'has the same member twice' }))
      return problems.length > 0 ? failed(problems) : { ok: true, value: whole }
    }
  }
}

interface Problem {
  readonly path: readonly unknown[]
  readonly message: string
}

type Check = (value: unknown) => Problem[]

function failed(problems: readonly Problem[]): Validated<never> {
  return { ok: false, issues: lines(problems) }
}

/** Says of what holds them only that something in them is wrong. */
const containers = new Set(
  '$ref properties patternProperties additionalProperties items prefixItems allOf unevaluatedProperties unevaluatedItems propertyNames dependentSchemas if'.split(
    ' '
  )
)

async function checkOf(schema: unknown): Promise<Check> {
  const { Validator } = await import('@cfworker/json-schema')
  // It writes into the schema that it is given: a copy of its own for each.
  const validator = (onlyFirst: boolean): InstanceType<typeof Validator> =>
    new Validator(copyJson(schema) as object, '2020-12', onlyFirst)
  const all = validator(false)

  function errorsOf(value: unknown): ReturnType<typeof all.validate>['errors'] {
    try {
      return all.validate(value).errors
    } catch (error) {
      // More errors than the stack can carry: the first is enough.
      if (!(error instanceof RangeError)) throw error
      return validator(true).validate(value).errors
    }
  }

  return value => {
    try {
      return errorsOf(value)
        .filter(error => !containers.has(error.keyword))
        .map(({ keyword, instanceLocation, error }) => ({
          path: steps(instanceLocation, value),
          message: keyword === 'false' ? 'the schema has no such member' : error
        }))
    } catch (error) {
      return [{ path: [], message: `cannot be checked: ${shown(String(error))}` }]
    }
  }
}

/** The steps of a pointer into the value, with places in lists as numbers. */
function steps(pointer: string, value: unknown): unknown[] {
  let at = value
  return pointer
    .split('/')
    .slice(1)
    .map(part => {
      const name = decoded(part)
      const step = Array.isArray(at) ? Number(name) : name
      at = (at as Record<string | number, unknown> | undefined)?.[step]
      return step
    })
}

const marks = [
  'type',
  'properties',
  '$ref',
  'anyOf',
  'oneOf',
  'allOf',
  'enum',
  'const',
  'items',
  'additionalProperties'
]
const typeNames = ['string', 'number', 'integer', 'boolean', 'object', 'array', 'null']

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '))
const ofOne = words(
  'items contains additionalProperties unevaluatedProperties unevaluatedItems propertyNames not if then else'
)
const ofList = words('prefixItems items allOf anyOf oneOf')
const ofMap = words('properties patternProperties $defs definitions dependentSchemas')
const ofNumber = words(
  'minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength minItems maxItems minProperties maxProperties minContains maxContains'
)
const asItIs = words('const enum required dependentRequired format')

/**
 * The schema with the keywords that are checked, and no others: names and references are the root's alone, and equal
 * members of a list are looked for where it takes one pass.
 */
function cleaned(schema: unknown, path: readonly unknown[], root: JsonObject): JsonObject | boolean {
  if (typeof schema === 'boolean') return schema
  if (!isRecord(schema)) throw wrong(path, `must be a schema, and is ${shown(schema)}`)
  const entries: [string, unknown][] = []
  for (const [keyword, value] of Object.entries(schema)) {
    const at = [...path, keyword]
    if (ofList.has(keyword) && Array.isArray(value)) {
      entries.push([keyword, value.map((part, index) => cleaned(part, [...at, index], root))])
    } else if (ofOne.has(keyword)) {
      entries.push([keyword, cleaned(value, at, root)])
    } else if (ofMap.has(keyword)) {
      if (!isRecord(value)) throw wrong(at, `must hold schemas by name, and is ${shown(value)}`)
      if (keyword === 'patternProperties') for (const pattern of Object.keys(value)) asPattern(pattern, at)
      entries.push([
        keyword,
        Object.fromEntries(Object.entries(value).map(([name, part]) => [name, cleaned(part, [...at, name], root)]))
      ])
    } else if (ofList.has(keyword)) {
      throw wrong(at, `must be a list of schemas, and is ${shown(value)}`)
    } else if (ofNumber.has(keyword)) {
      if (typeof value !== 'number') throw wrong(at, `must be a number, and is ${shown(value)}`)
      entries.push([keyword, value])
    } else if (keyword === 'type') {
      const names = Array.isArray(value) ? value : [value]
      if (!names.every(name => typeNames.includes(name))) throw wrong(at, `is no type: ${shown(value)}`)
      entries.push([keyword, value])
    } else if (keyword === '$ref') {
      if (typeof value !== 'string' || atPointer(root, value) === undefined) {
        throw wrong(at, `names nothing in this schema: ${shown(value)}`)
      }
      entries.push([keyword, value])
    } else if (keyword === 'pattern') {
      asPattern(value, at)
      entries.push([keyword, value])
    } else if (asItIs.has(keyword)) {
      if ((keyword === 'enum' || keyword === 'required') && !Array.isArray(value)) {
        throw wrong(at, `must be a list, and is ${shown(value)}`)
      }
      entries.push([keyword, value])
    }
  }
  return Object.fromEntries(entries) as JsonObject
}

function asPattern(pattern: unknown, at: readonly unknown[]): void {
  try {
    if (typeof pattern === 'string') new RegExp(pattern, 'u')
    else throw wrong(at, `must be a text, and is ${shown(pattern)}`)
  } catch (cause) {
    throw wrong(at, `is no regular expression: ${shown(pattern)}`, cause)
  }
}

function wrong(path: readonly unknown[], what: string, cause?: unknown): DaybookError {
  return new InputError(`The JSON Schema is wrong: ${pathOf(path)} ${what}.`, { cause })
}
