/** Small questions about JSON values, for those who read them by a schema. */
import { isRecord, type JsonObject } from '../json.js'

export const maxValueDepth = 1000

/** Whether the value is nested more levels deep than this. */
export function depthOver(value: unknown, limit: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (limit <= 0) return true
  for (const member of Array.isArray(value) ? value : Object.values(value))
    if (depthOver(member, limit - 1)) return true
  return false
}

/** What `#`, `#/$defs/item` and the like name. */
export function atPointer(root: JsonObject, ref: string): unknown {
  if (ref !== '#' && !ref.startsWith('#/')) return undefined
  let at: unknown = root
  for (const step of ref.split('/').slice(1)) {
    const name = decoded(step)
    at = Array.isArray(at) ? at[Number(name)] : own(at, name)
  }
  return at
}

/** One step of a pointer. */
export function decoded(step: string): string {
  let plain = step
  try {
    plain = decodeURIComponent(step)
  } catch {
    // A percent sign that encodes nothing.
  }
  return plain.replaceAll('~1', '/').replaceAll('~0', '~')
}

export function changed(
  items: readonly unknown[],
  change: (item: unknown, index: number) => unknown
): readonly unknown[] {
  let result: unknown[] | undefined
  for (const [index, item] of items.entries()) {
    const next = change(item, index)
    if (next === item) continue
    result ??= [...items]
    result[index] = next
  }
  return result ?? items
}

export function hasNull(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return value === null
  return (Array.isArray(value) ? value : Object.values(value)).some(hasNull)
}

export function isOfType(value: unknown, type: unknown): boolean {
  if (value === null) return type === 'null'
  if (Array.isArray(value)) return type === 'array'
  return typeof value === type || (type === 'integer' && Number.isInteger(value))
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

export function own(value: unknown, name: string): unknown {
  return isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined
}
