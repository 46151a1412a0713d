/** Reading data of which nothing is certain: an imported ledger may hold anything. */
import { masked } from 'daybook/errors'

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const nothing: Record<string, unknown> = Object.freeze({})

/** The value as a record; an empty one for anything else. */
export function record(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : nothing
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

export function string(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/** The name of a tool, a model, a type as it is shown: in at most 200 characters, and without a key in it. */
export function named(value: unknown): string | undefined {
  const text = string(value)?.slice(0, 200)
  return text && text.length > 16 ? masked(text) : text
}

/** A figure, such as tokens, milliseconds or US dollars: not below 0 and not above all that there can be of such things. */
export function number(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 0 && value < 1e15 ? value : undefined
}

/** One line of JSON, cut at `max` characters. Never throws. */
export function oneLine(value: unknown, max = 400): string {
  let text: string
  try {
    text = JSON.stringify(beginning(value, max, { nodes: max })) ?? String(value)
  } catch {
    text = String(value)
  }
  return text.length > max ? `${text.slice(0, max)}…` : text
}

/** As much of a value as its first `max` characters of JSON can show, so that ten megabytes are not written for a line. */
function beginning(value: unknown, max: number, left: { nodes: number }): unknown {
  if (typeof value === 'string') return value.length > max ? value.slice(0, max + 1) : value
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) {
    const items: unknown[] = []
    for (let i = 0; i < value.length && left.nodes-- > 0; i++) items.push(beginning(value[i], max, left))
    return items
  }
  const members: [string, unknown][] = []
  for (const key of Object.keys(value)) {
    if (left.nodes-- <= 0) break
    members.push([key, beginning((value as Record<string, unknown>)[key], max, left)])
  }
  return Object.fromEntries(members)
}

/** The beginning of a text as one line, so that a megabyte is not flattened for a cell of forty characters. */
export function firstLine(text: string, max = 300): string {
  const head = text
    .slice(0, max * 2)
    .replace(/\s+/g, ' ')
    .trim()
  return head.length > max ? `${head.slice(0, max)}…` : head
}

/** The text of a message's content: a string, or the text parts of a list. Other parts are named in brackets. */
export function contentText(content: unknown): string {
  if (typeof content === 'string') return content
  return list(content)
    .map(part => {
      if (typeof part === 'string') return part
      const { type, text } = record(part)
      return string(text) ?? (string(type) ? `[${String(type)}]` : '')
    })
    .filter(text => text !== '')
    .join('\n')
}
