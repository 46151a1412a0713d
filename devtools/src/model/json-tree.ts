/** A JSON value as lines that can be folded. Caps keep a hostile value from filling the page; what is cut is counted. */
import { isRecord, list, record } from './read.js'

export interface JsonLine {
  /** Steps from the root, as `data.messages[3].content`. Unique, so it is the line's key. */
  readonly path: string
  readonly depth: number
  readonly name: string | undefined
  /** `open`/`closed`: a container and whether its members follow; `end`: its bracket; `more`: members left out. */
  readonly kind: 'value' | 'open' | 'closed' | 'end' | 'more'
  readonly text: string
  readonly type: 'string' | 'number' | 'boolean' | 'null' | 'container'
  /** Characters of a string that are not shown. */
  readonly cut: number
}

export interface JsonView {
  /** Paths whose folding is not the usual one. */
  readonly flipped: ReadonlySet<string>
  /** Paths of long strings and long lists that are shown whole. */
  readonly whole: ReadonlySet<string>
}

export const maxString = 2048
const maxMembers = 100
const openDepth = 3
const openMembers = 40

/** @param max The most lines; what comes after them is named by one line more. */
export function jsonLines(value: unknown, view: JsonView, max = 5000): readonly JsonLine[] {
  const lines: JsonLine[] = []
  const bracket = (path: string, depth: number, kind: JsonLine['kind'], text: string, name?: string, cut = 0): void => {
    lines.push({ path, depth, name, kind, text, type: 'container', cut })
  }

  const walk = (item: unknown, path: string, name: string | undefined, depth: number): void => {
    if (lines.length >= max) return
    const array = Array.isArray(item)
    if (!array && !isRecord(item)) {
      lines.push(leaf(item, path, name, depth, view.whole.has(path)))
      return
    }
    const keys = array ? undefined : Object.keys(item)
    const length = array ? item.length : (keys as string[]).length
    const [open, close] = array ? ['[', ']'] : ['{', '}']
    if (length === 0) {
      bracket(path, depth, 'value', open + close, name)
      return
    }
    if (array && length <= 4 && item.every(isShort)) {
      bracket(path, depth, 'value', JSON.stringify(item), name)
      return
    }
    const usuallyOpen = depth < openDepth && length <= openMembers
    if (usuallyOpen === view.flipped.has(path)) {
      const what = array ? (length === 1 ? 'item' : 'items') : length === 1 ? 'key' : 'keys'
      bracket(path, depth, 'closed', `${open} ${length} ${what} ${close}`, name)
      return
    }
    bracket(path, depth, 'open', open, name)
    const asked = view.whole.has(path) ? length : Math.min(length, maxMembers)
    let at = 0
    for (; at < asked && lines.length < max; at++) {
      const key = keys ? (keys[at] as string) : String(at)
      walk(member(item, key), step(path, key, array), keys ? key : undefined, depth + 1)
    }
    const left = length - at
    if (left > 0) bracket(`${path}#more`, depth + 1, 'more', `${left} more of ${length}`, undefined, left)
    bracket(`${path}#end`, depth, 'end', close)
  }

  if (isRecord(value)) for (const [key, item] of Object.entries(value)) walk(item, step('', key, false), key, 0)
  else walk(value, '$', undefined, 0)
  return lines
}

/** Fits in one line with three of its like. */
function isShort(item: unknown): boolean {
  return typeof item === 'string' ? item.length <= 24 : typeof item !== 'object' || item === null
}

function leaf(item: unknown, path: string, name: string | undefined, depth: number, whole: boolean): JsonLine {
  if (typeof item === 'string') {
    const cut = whole ? 0 : Math.max(0, item.length - maxString)
    const text = JSON.stringify(cut > 0 ? item.slice(0, maxString) : item)
    return { path, depth, name, kind: 'value', text, type: 'string', cut }
  }
  const type = item === null ? 'null' : typeof item === 'number' ? 'number' : 'boolean'
  return { path, depth, name, kind: 'value', text: String(item), type, cut: 0 }
}

function step(path: string, key: string, array: boolean): string {
  if (array) return `${path}[${key}]`
  if (!/^[A-Za-z_$][\w$]*$/.test(key)) return `${path}[${JSON.stringify(key)}]`
  return path === '' ? key : `${path}.${key}`
}

function member(item: unknown, key: string): unknown {
  return Object.hasOwn(item as object, key) ? (item as Record<string, unknown>)[key] : undefined
}

/** What stands at a path that a line had; undefined where this value has no such place. */
export function valueAt(value: unknown, path: string): unknown {
  if (path === '$') return value
  let at = value
  for (const [, name, index, quoted] of path.matchAll(/\.?([A-Za-z_$][\w$]*)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]/g)) {
    if (index !== undefined) at = list(at)[Number(index)]
    else at = member(record(at), name ?? (JSON.parse(quoted as string) as string))
    if (at === undefined) return undefined
  }
  return at
}

/** The folding in which the line at this path is seen. */
export function revealed(value: unknown, path: string, view: JsonView): JsonView {
  const flipped = new Set(view.flipped)
  const whole = new Set(view.whole)
  for (let end = 1; end < path.length; end++) {
    if (path[end] !== '.' && path[end] !== '[') continue
    const above = path.slice(0, end)
    const item = valueAt(value, above)
    if (typeof item !== 'object' || item === null) continue
    const length = Array.isArray(item) ? item.length : Object.keys(item).length
    const depth = depthOf(above)
    const usuallyOpen = depth < openDepth && length <= openMembers
    if (usuallyOpen) flipped.delete(above)
    else flipped.add(above)
    if (length > maxMembers) whole.add(above)
  }
  return { flipped, whole }
}

function depthOf(path: string): number {
  return [...path.matchAll(/\.?[A-Za-z_$][\w$]*|\[\d+\]|\["(?:[^"\\]|\\.)*"\]/g)].length - 1
}

const maxVisited = 300_000

export interface JsonMatches {
  /** One line a match, named by its whole path. */
  readonly lines: readonly JsonLine[]
  /** There may be more: the search has a bound. */
  readonly more: boolean
}

/** The values and names in which these words are, without their case. */
export function jsonMatches(value: unknown, words: string, max = 300): JsonMatches {
  const wanted = words.toLowerCase()
  const lines: JsonLine[] = []
  let visited = 0
  const walk = (item: unknown, path: string, name: string): void => {
    if (lines.length >= max || visited++ > maxVisited) return
    const array = Array.isArray(item)
    const named = name.toLowerCase().includes(wanted)
    if (!array && !isRecord(item)) {
      if (named || String(item).toLowerCase().includes(wanted)) lines.push(matchOf(item, path, wanted))
      return
    }
    if (named) {
      const size = array ? `[ ${item.length} ]` : `{ ${Object.keys(item).length} }`
      lines.push({ path, depth: 0, name: path, kind: 'value', text: size, type: 'container', cut: 0 })
    }
    if (array)
      for (let i = 0; i < item.length && lines.length < max && visited <= maxVisited; i++)
        walk(item[i], step(path, String(i), true), '')
    else for (const [key, inner] of Object.entries(item)) walk(inner, step(path, key, false), key)
  }
  if (isRecord(value)) for (const [key, item] of Object.entries(value)) walk(item, step('', key, false), key)
  else walk(value, '$', '')
  return { lines, more: lines.length >= max || visited > maxVisited }
}

function matchOf(item: unknown, path: string, wanted: string): JsonLine {
  if (typeof item !== 'string') return leaf(item, path, path, 0, false)
  const at = item.toLowerCase().indexOf(wanted)
  const from = Math.max(0, at - 40)
  const text = JSON.stringify(item.slice(from, from + 200))
  return { path, depth: 0, name: path, kind: 'value', text: from > 0 ? `…${text}` : text, type: 'string', cut: 0 }
}
