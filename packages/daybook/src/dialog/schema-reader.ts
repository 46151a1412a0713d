/** Reads a value by its JSON Schema: which parts of the schema speak about which part of the value. */
import { canonical, copyJson, isRecord, type JsonObject } from '../json.js'
import { atPointer, changed, hasNull, isOfType, list, own } from './json-values.js'

type Node = Record<string, unknown>

export interface SchemaReader {
  /**
   * The value without the nulls that stand for members left out. Copies only what it changes. Each part of the value
   * is seen once, with each part of the schema at most once.
   */
  withoutNulls(value: unknown): unknown
  /** The value with defaults filled in. Tells of lists with members twice where the schema forbids them. */
  withDefaults(value: unknown, onDuplicate: (path: readonly unknown[]) => void): unknown
}

export function schemaReader(root: JsonObject): SchemaReader {
  const nullable = new Map<unknown, boolean>()

  /** `seen` is what this question has led through: what refers to itself adds nothing. */
  function takesNull(schema: unknown, seen?: Map<unknown, boolean>): boolean {
    if (!isRecord(schema)) return schema !== false
    const old = nullable.get(schema) ?? seen?.get(schema)
    if (old !== undefined) return old
    const way = seen ?? new Map<unknown, boolean>()
    way.set(schema, false)
    const asked = (part: unknown): boolean => takesNull(part, way)
    const { type, $ref } = schema
    const alternatives = [schema.anyOf, schema.oneOf].filter(Array.isArray) as unknown[][]
    const takes =
      (type === undefined || type === 'null' || (Array.isArray(type) && type.includes('null'))) &&
      (!Array.isArray(schema.enum) || schema.enum.includes(null)) &&
      (!Object.hasOwn(schema, 'const') || schema.const === null) &&
      (typeof $ref !== 'string' || asked(atPointer(root, $ref))) &&
      list(schema.allOf).every(asked) &&
      alternatives.every(options => options.some(asked))
    way.set(schema, takes)
    if (!seen) nullable.set(schema, takes)
    return takes
  }

  /** Whether an alternative can be the one that is meant, going by the value's type and its members' names and constants. */
  function canBe(schema: unknown, value: unknown): boolean {
    let node = schema
    for (let hops = 0; isRecord(node) && typeof node.$ref === 'string' && hops < 20; hops++)
      node = atPointer(root, node.$ref)
    if (!isRecord(node)) return node !== false
    const { type } = node
    if (type !== undefined && !(Array.isArray(type) ? type : [type]).some(name => isOfType(value, name))) return false
    if (!isRecord(value)) return true
    const properties = isRecord(node.properties) ? node.properties : {}
    for (const name of list(node.required)) {
      if (!Object.hasOwn(value, String(name))) return false
      if (value[String(name)] === null && !takesNull(own(properties, String(name)))) return false
    }
    for (const [name, member] of Object.entries(properties)) {
      if (!Object.hasOwn(value, name) || !isRecord(member)) continue
      if (typeof member.const === 'string' && value[name] !== member.const) return false
      if (typeof value[name] === 'string' && Array.isArray(member.enum) && !member.enum.includes(value[name]))
        return false
    }
    if (node.additionalProperties !== false || isRecord(node.patternProperties)) return true
    return Object.keys(value).every(name => Object.hasOwn(properties, name))
  }

  /** All that speaks about the value: the schemas, what they refer to, and the alternatives that can be meant. */
  function speaking(schemas: Iterable<unknown>, value: unknown, onlySure: boolean): Node[] {
    const found = new Set<Node>()
    const queue = [...schemas]
    while (queue.length > 0) {
      const schema = queue.pop()
      if (!isRecord(schema) || found.has(schema)) continue
      found.add(schema)
      if (typeof schema.$ref === 'string') queue.push(atPointer(root, schema.$ref))
      queue.push(...list(schema.allOf), ...(onlySure ? [] : [schema.then, schema.else]))
      for (const options of [list(schema.anyOf), list(schema.oneOf)]) {
        const possible = options.filter(option => canBe(option, value))
        if (possible.length === 1 || !onlySure) queue.push(...possible)
      }
    }
    return [...found]
  }

  function ofItem(nodes: readonly Node[], index: number): unknown[] {
    return nodes.flatMap(({ prefixItems, items }) => {
      const first = Array.isArray(prefixItems) ? prefixItems : list(items)
      return [index < first.length ? first[index] : Array.isArray(items) ? undefined : items]
    })
  }

  function ofMember(nodes: readonly Node[], name: string): unknown[] {
    return nodes.map(({ properties, additionalProperties }) => own(properties, name) ?? additionalProperties)
  }

  function relax(value: unknown, schemas: readonly unknown[]): unknown {
    if (Array.isArray(value)) {
      const nodes = speaking(schemas, value, false)
      return changed(value, (item, index) => relax(item, ofItem(nodes, index)))
    }
    if (!isRecord(value)) return value
    const nodes = speaking(schemas, value, false)
    let same = true
    const entries: [string, unknown][] = []
    for (const [name, member] of Object.entries(value)) {
      const told = nodes.map(node => own(node.properties, name)).filter(schema => schema !== undefined)
      const leftOut =
        member === null &&
        told.length > 0 &&
        !told.some(schema => takesNull(schema)) &&
        !nodes.some(({ required }) => list(required).includes(name))
      const kept = leftOut ? member : relax(member, ofMember(nodes, name))
      same &&= !leftOut && kept === member
      if (!leftOut) entries.push([name, kept])
    }
    return same ? value : Object.fromEntries(entries)
  }

  return {
    withoutNulls: value => (hasNull(value) ? relax(value, [root]) : value),

    withDefaults(value, onDuplicate) {
      const path: unknown[] = []

      function filled(value: unknown, schemas: readonly unknown[], step?: unknown): unknown {
        if (typeof value !== 'object' || value === null) return value
        if (step !== undefined) path.push(step)
        const nodes = speaking(schemas, value, true)
        let result: unknown = value
        if (Array.isArray(value)) {
          if (nodes.some(node => node.uniqueItems === true) && new Set(value.map(canonical)).size < value.length) {
            onDuplicate([...path])
          }
          result = changed(value, (item, index) => filled(item, ofItem(nodes, index), index))
        } else {
          let same = true
          const entries = Object.entries(value).map(([name, member]): [string, unknown] => {
            const whole = filled(member, ofMember(nodes, name), name)
            same &&= whole === member
            return [name, whole]
          })
          const names = new Set(Object.keys(value))
          for (const { properties } of nodes) {
            for (const [name, member] of Object.entries(isRecord(properties) ? properties : {})) {
              if (names.has(name) || !isRecord(member) || !Object.hasOwn(member, 'default')) continue
              names.add(name)
              same = false
              entries.push([name, copyJson(member.default)])
            }
          }
          if (!same) result = Object.fromEntries(entries)
        }
        if (step !== undefined) path.pop()
        return result
      }

      return filled(value, [root])
    }
  }
}
