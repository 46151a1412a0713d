/** A value that a JSON schema describes: for structured answers, and for the arguments of tool calls. */
import { isRecord } from '../json.js'
import { between, cut, pick } from './simulated-text.js'

/** Words and figures to make values of, before any are made up. Each figure is used once. */
export interface Material {
  readonly sentence: string
  readonly words: string[]
  readonly numbers: number[]
}

/** Deeper than this, or after so many values, only what must be there is made: a schema may refer to itself. */
const deep = 6
const many = 500
/** And then null, since one may do so without end. */
const deepest = 60
const most = 2000
const everyday = '2026-01-01'

const formats: Readonly<Record<string, string>> = {
  date: everyday,
  'date-time': `${everyday}T12:00:00Z`,
  time: '12:00:00Z',
  duration: 'P1D',
  email: 'simulated@example.org',
  uri: 'https://example.org/simulated',
  url: 'https://example.org/simulated',
  'uri-reference': 'https://example.org/simulated',
  hostname: 'example.org',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  uuid: '00000000-0000-4000-8000-000000000000'
}

/**
 * The same value for the same schema and dice. It fits the schema as far as types, enum, const, required members,
 * references, the first of anyOf and oneOf, allOf, bounds and formats go; `pattern`, `not` and `if` are not known.
 */
export function valueFor(schema: unknown, dice: () => number, material?: Material): unknown {
  return value(schema, { root: schema, dice, material, made: 0 }, 'value', 0)
}

interface Making {
  readonly root: unknown
  readonly dice: () => number
  readonly material: Material | undefined
  /** How many values there are so far. */
  made: number
}

function isDeep(depth: number, making: Making): boolean {
  return depth > deep || making.made > many
}

/** @param nth Of the list that it is in, so that its members can be told apart. */
function value(schema: unknown, making: Making, name: string, depth: number, nth = ''): unknown {
  if (!isRecord(schema) || depth > deepest || making.made++ > most) return schema === true ? {} : null
  const { dice, material } = making
  if ('const' in schema) return schema.const
  if (Array.isArray(schema.enum) && schema.enum.length > 0) {
    const said = material?.sentence.toLowerCase()
    return (
      schema.enum.find(one => typeof one === 'string' && said?.includes(one.toLowerCase())) ?? pick(schema.enum, dice)
    )
  }
  if (typeof schema.$ref === 'string') return value(referred(schema.$ref, making.root), making, name, depth + 1, nth)
  const choices = [schema.anyOf, schema.oneOf].find(Array.isArray)
  if (choices?.length) return value(choice(choices, isDeep(depth, making)), making, name, depth + 1, nth)
  if (Array.isArray(schema.allOf)) return value(together(schema, making.root), making, name, depth + 1, nth)
  const type = Array.isArray(schema.type)
    ? schema.type[isDeep(depth, making) ? schema.type.length - 1 : 0]
    : schema.type
  if (type === 'object' || (type === undefined && isRecord(schema.properties)))
    return members(schema, making, depth, nth)
  if (type === 'array') return items(schema, making, name, depth)
  if (type === 'integer' || type === 'number') return figure(schema, type === 'integer', making)
  if (type === 'boolean') return dice() < 0.5
  if (type === 'null') return null
  return words(schema, name + nth, making)
}

/** The first; deep down the one that ends soonest. */
function choice(choices: readonly unknown[], deep: boolean): unknown {
  if (!deep) return choices[0]
  const ends = (type: unknown): boolean => type !== undefined && type !== 'object' && type !== 'array'
  return choices.find(one => isRecord(one) && ends(one.type)) ?? choices.at(-1)
}

function members(schema: Record<string, unknown>, making: Making, depth: number, nth: string): unknown {
  const properties = isRecord(schema.properties) ? schema.properties : {}
  const wanted = isDeep(depth, making) ? [] : Object.keys(properties)
  const required = Array.isArray(schema.required) ? schema.required.map(String) : wanted
  const member = (name: string): unknown => (Object.hasOwn(properties, name) ? properties[name] : { type: 'string' })
  return Object.fromEntries(required.map(name => [name, value(member(name), making, name, depth + 1, nth)]))
}

function items(schema: Record<string, unknown>, making: Making, name: string, depth: number): unknown[] {
  const first = Array.isArray(schema.prefixItems) ? schema.prefixItems : []
  const least = Math.min(200, Math.max(first.length, number(schema.minItems) ?? 0))
  const length = Math.min(number(schema.maxItems) ?? 200, isDeep(depth, making) ? least : Math.max(2, least))
  const one = name.replace(/(?<=\w\w)s$/, '')
  const made = Array.from({ length }, (_, index) => {
    const nth = length > 1 ? ` ${index + 1}` : ''
    return value(first[index] ?? schema.items ?? { type: 'string' }, making, one, depth + 1, nth)
  })
  if (schema.uniqueItems !== true) return made
  const once = new Map(made.map(one => [JSON.stringify(one), one]))
  for (const other of values(schema.items)) if (once.size < least) once.set(JSON.stringify(other), other)
  return [...once.values()]
}

/** What may stand in a list, where it is a choice of few. */
function values(schema: unknown): readonly unknown[] {
  return isRecord(schema) && Array.isArray(schema.enum) ? schema.enum : []
}

/** The next figure of the material that fits, else one within the bounds. */
function figure(schema: Record<string, unknown>, whole: boolean, { dice, material }: Making): number {
  const least = bound(schema.minimum) ?? bound(schema.exclusiveMinimum)
  const most = bound(schema.maximum) ?? bound(schema.exclusiveMaximum)
  const step = number(schema.multipleOf)
  const fits = (one: number): boolean =>
    (!whole || Number.isInteger(one)) &&
    one >= (least ?? -Infinity) &&
    one <= (most ?? Infinity) &&
    one !== schema.exclusiveMinimum &&
    one !== schema.exclusiveMaximum &&
    (!step || one % step === 0)
  const said = material?.numbers.findIndex(fits) ?? -1
  if (said >= 0) return material?.numbers.splice(said, 1)[0] as number
  const low = least ?? Math.min(1, (most ?? 10) - 9)
  const high = most ?? low + 9
  if (step) {
    const next = Math.ceil(low / step) * step
    return fits(next) ? next : next + step
  }
  const made = between([Math.ceil(low), Math.floor(high)], dice)
  if (whole && !fits(made)) return fits(made + 1) ? made + 1 : made - 1
  if (whole || (fits(made) && high - low >= 9)) return made
  const inside = Math.round((low + (0.1 + dice() * 0.8) * (high - low)) * 100) / 100
  return fits(inside) ? inside : (low + high) / 2
}

/** A text of the right kind and length: the sentence itself, the next of its words, or one that says that it is none. */
function words(schema: Record<string, unknown>, name: string, { material }: Making): string {
  const { format } = schema
  if (typeof format === 'string' && Object.hasOwn(formats, format)) return formats[format] as string
  const whole = /quer|question|prompt|text|message/i.test(name)
  const said = whole ? material?.sentence : material?.words.length ? next(material.words) : undefined
  const text = said || `a simulated ${name}`
  return cut(text.padEnd(Math.min(1000, number(schema.minLength) ?? 0), '.'), number(schema.maxLength) ?? Infinity)
}

/** Round and round. */
function next(words: string[]): string {
  const first = words.shift() as string
  words.push(first)
  return first
}

/** One schema that says what all of them say. */
function together({ allOf, ...rest }: Record<string, unknown>, root: unknown): Record<string, unknown> {
  const made: Record<string, unknown> = { ...rest }
  for (const one of allOf as unknown[]) {
    const part = isRecord(one) && typeof one.$ref === 'string' ? referred(one.$ref, root) : one
    if (!isRecord(part)) continue
    const { properties, required, ...other } = part
    Object.assign(made, other)
    if (isRecord(properties)) made.properties = { ...(made.properties as object), ...properties }
    if (Array.isArray(required)) made.required = [...new Set([...((made.required as unknown[]) ?? []), ...required])]
  }
  return made
}

/** What `#/$defs/city` points at; `#` is the whole. */
function referred(pointer: string, root: unknown): unknown {
  let found = root
  for (const step of pointer.split('/').slice(1)) {
    const name = step.replaceAll('~1', '/').replaceAll('~0', '~')
    found = isRecord(found) && Object.hasOwn(found, name) ? found[name] : undefined
  }
  return found
}

/** Schema libraries write the largest safe integer where there is no bound. */
function bound(limit: unknown): number | undefined {
  return Math.abs(number(limit) ?? Infinity) < Number.MAX_SAFE_INTEGER ? number(limit) : undefined
}

function number(limit: unknown): number | undefined {
  return typeof limit === 'number' && Number.isFinite(limit) ? limit : undefined
}
