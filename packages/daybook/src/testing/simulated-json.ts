/** A value that a JSON schema describes, for the arguments of a simulated tool call. */
import { isRecord } from '../json.js'
import { between, pick } from './simulated-text.js'

/** Deeper than this there is only null: a schema may refer to itself. */
const deepest = 8

/** The same value for the same schema and dice. Knows the everyday keywords; what it does not know it leaves out. */
export function valueFor(schema: unknown, dice: () => number): unknown {
  return value(schema, schema, 'value', dice, 0)
}

function value(schema: unknown, root: unknown, name: string, dice: () => number, depth: number): unknown {
  if (!isRecord(schema) || depth > deepest) return schema === true ? {} : null
  if ('const' in schema) return schema.const
  if (Array.isArray(schema.enum) && schema.enum.length > 0) return pick(schema.enum as unknown[], dice)
  if (typeof schema.$ref === 'string') return value(referred(schema.$ref, root), root, name, dice, depth + 1)
  const choices = [schema.anyOf, schema.oneOf, schema.allOf].find(Array.isArray)
  if (choices?.length) return value(choices[0], root, name, dice, depth + 1)
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type
  if (type === 'object' || (type === undefined && isRecord(schema.properties)))
    return members(schema, root, dice, depth)
  if (type === 'array') {
    const length = Math.min(20, number(schema.maxItems) ?? 20, Math.max(2, number(schema.minItems) ?? 0))
    return Array.from({ length }, () => value(schema.items, root, name, dice, depth + 1))
  }
  if (type === 'integer' || type === 'number') {
    const low = number(schema.minimum) ?? Math.min(1, number(schema.maximum) ?? 1)
    return between([Math.ceil(low), Math.floor(number(schema.maximum) ?? low + 9)], dice)
  }
  if (type === 'boolean') return dice() < 0.5
  if (type === 'null') return null
  return `a simulated ${name}`
    .padEnd(Math.min(1000, number(schema.minLength) ?? 0), '.')
    .slice(0, number(schema.maxLength))
}

function members(schema: Record<string, unknown>, root: unknown, dice: () => number, depth: number): unknown {
  const properties = isRecord(schema.properties) ? schema.properties : {}
  const required = Array.isArray(schema.required) ? schema.required.map(String) : Object.keys(properties)
  return Object.fromEntries(
    required.map(name => [
      name,
      value(Object.hasOwn(properties, name) ? properties[name] : {}, root, name, dice, depth + 1)
    ])
  )
}

/** What `#/$defs/city` points at. */
function referred(pointer: string, root: unknown): unknown {
  let found = root
  for (const step of pointer.split('/').slice(1)) {
    found = isRecord(found) && Object.hasOwn(found, step) ? found[step] : undefined
  }
  return found
}

function number(limit: unknown): number | undefined {
  return typeof limit === 'number' && Number.isFinite(limit) ? limit : undefined
}
