/**
 * What in a ledger looks like a key, and what was masked before it was written: shown before a file is made. What counts
 * as a key is said by the SDK's own `masked`, which is handed in, so that the two cannot differ.
 */
import type { LedgerEvent } from 'daybook'

export type Mask = (text: string) => string

export interface Finding {
  readonly row: number
  /** Such as `data.messages[0].content`. */
  readonly path: string
  /** The text around it, masked. */
  readonly around: string
  /** `key`: it stands in the ledger; `masked`: it was taken out before. */
  readonly kind: 'key' | 'masked'
}

const mark = '•••'
const deepest = 40

/** The event with every text masked; itself where there is nothing to mask. Its ids and links stay as they are. */
export function maskEvent(event: LedgerEvent, mask: Mask): LedgerEvent {
  const data = maskValue(event.data, mask, 0)
  const actor = mask(event.actor)
  return data === event.data && actor === event.actor ? event : ({ ...event, actor, data } as LedgerEvent)
}

function maskValue(value: unknown, mask: Mask, depth: number): unknown {
  if (typeof value === 'string') return mask(value)
  if (typeof value !== 'object' || value === null) return value
  // Deeper than anything that is written by hand: nobody has looked at it, so it does not go out.
  if (depth > deepest) return mark
  if (Array.isArray(value)) {
    const items = value.map(item => maskValue(item, mask, depth + 1))
    return items.some((item, at) => item !== value[at]) ? items : value
  }
  let changed = false
  const fields = Object.entries(value).map(([key, item]) => {
    const field = maskField(key, item, mask, depth)
    const name = mask(key)
    if (field !== item || name !== key) changed = true
    return [name, field] as const
  })
  return changed ? Object.fromEntries(fields) : value
}

/** A text under a name like `api_key` is a key whatever it looks like. */
const secretNames =
  /^(?:x-)?api[-_]?key$|^authorization$|^(?:access|refresh|auth)[-_]?token$|^(?:client[-_])?secret$|^password$/i

function maskField(key: string, value: unknown, mask: Mask, depth: number): unknown {
  if (typeof value === 'string' && secretNames.test(key)) return value === '' || value.includes(mark) ? value : mark
  return maskValue(value, mask, depth + 1)
}

/** What is to be told of one event. */
export function findingsIn(event: LedgerEvent, row: number, mask: Mask): readonly Finding[] {
  const found: Finding[] = []
  const look = (value: unknown, path: string, key: string, depth: number): void => {
    if (depth > deepest) {
      found.push({ row, path, around: mark, kind: 'key' })
    } else if (typeof value === 'string') {
      const said = String(maskField(key, value, mask, depth))
      if (said !== value) found.push({ row, path, around: around(said), kind: 'key' })
      else if (value.includes(mark)) found.push({ row, path, around: around(value), kind: 'masked' })
    } else if (Array.isArray(value)) {
      for (const [at, item] of value.entries()) look(item, `${path}[${at}]`, '', depth + 1)
    } else if (typeof value === 'object' && value !== null) {
      for (const [name, item] of Object.entries(value)) {
        const shown = mask(name)
        if (shown !== name) found.push({ row, path: `${path}.${shown}`, around: shown, kind: 'key' })
        look(item, `${path}.${shown}`, name, depth + 1)
      }
    }
  }
  look(event.actor, 'actor', '', 0)
  look(event.data, 'data', '', 0)
  return found
}

function around(text: string): string {
  const at = text.indexOf(mark)
  const from = Math.max(0, at - 28)
  const to = at + mark.length + 28
  const piece = text.slice(from, to).replace(/\s+/g, ' ')
  return `${from > 0 ? '…' : ''}${piece}${to < text.length ? '…' : ''}`
}
