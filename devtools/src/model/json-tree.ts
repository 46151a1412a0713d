/** A JSON value as lines that can be folded. Caps keep a hostile value from filling the page; what is cut is counted. */
import { isRecord } from './read.js'

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
const maxLines = 5000
const openDepth = 3

export function jsonLines(value: unknown, view: JsonView): readonly JsonLine[] {
  const lines: JsonLine[] = []

  const walk = (item: unknown, path: string, name: string | undefined, depth: number): void => {
    if (lines.length >= maxLines) return
    if (!Array.isArray(item) && !isRecord(item)) {
      lines.push(leaf(item, path, name, depth, view.whole.has(path)))
      return
    }
    const array = Array.isArray(item)
    const entries: readonly (readonly [string, unknown])[] = array
      ? item.map((member, i) => [String(i), member] as const)
      : Object.entries(item)
    const [open, close] = array ? ['[', ']'] : ['{', '}']
    if (entries.length === 0) {
      lines.push({ path, depth, name, kind: 'value', text: open + close, type: 'container', cut: 0 })
      return
    }
    const usuallyOpen = depth < openDepth && entries.length <= 40
    if (usuallyOpen === view.flipped.has(path)) {
      const what = array ? (entries.length === 1 ? 'item' : 'items') : entries.length === 1 ? 'key' : 'keys'
      const text = `${open} ${entries.length} ${what} ${close}`
      lines.push({ path, depth, name, kind: 'closed', text, type: 'container', cut: 0 })
      return
    }
    lines.push({ path, depth, name, kind: 'open', text: open, type: 'container', cut: 0 })
    const shown = view.whole.has(path) ? entries : entries.slice(0, maxMembers)
    for (const [key, member] of shown) {
      walk(member, step(path, key, array), array ? undefined : key, depth + 1)
    }
    const left = entries.length - shown.length
    if (left > 0) {
      const text = `${left} more of ${entries.length}`
      lines.push({
        path: `${path}#more`,
        depth: depth + 1,
        name: undefined,
        kind: 'more',
        text,
        type: 'container',
        cut: left
      })
    }
    lines.push({ path: `${path}#end`, depth, name: undefined, kind: 'end', text: close, type: 'container', cut: 0 })
  }

  if (isRecord(value)) for (const [key, member] of Object.entries(value)) walk(member, key, key, 0)
  else walk(value, '$', undefined, 0)
  return lines
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
  return /^[A-Za-z_$][\w$]*$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`
}
