/**
 * Between two tabs of one origin: one shares its ledgers, the other shows them. The frames are those of the Node process.
 * A viewer says how far it has read, and nobody is sent more than {@link windowEvents} events ahead of that.
 */
import { isRecord } from '../model/read.js'

export const defaultChannel = 'daybook-devtools'
export const windowEvents = 2000
/** Each side tells the other that it is there. */
export const aliveMs = 3000
/** Silent for so long, the other side is gone: a tab that was closed says nothing more. */
export const goneMs = 12_000

/** What a viewer asks. `follow` names one reading of one ledger; `from` is the first position that is wanted. */
export type Ask =
  | { readonly type: 'who' }
  | { readonly type: 'follow'; readonly follow: string; readonly ledger: string; readonly from: number }
  | { readonly type: 'ack'; readonly follow: string; readonly received: number }
  | { readonly type: 'end'; readonly follow: string }

/** All that goes over the channel: a question to everybody or one tab, or a frame from a tab. */
export type Note =
  | { readonly to?: string; readonly ask: Ask }
  | { readonly tab: string; readonly follow?: string; readonly frame: unknown }

export function noteOf(value: unknown): Note | undefined {
  if (!isRecord(value)) return undefined
  if (typeof value.tab === 'string' && isRecord(value.frame)) return value as unknown as Note
  const { ask } = value
  if (!isRecord(ask)) return undefined
  const named = typeof ask.follow === 'string'
  const whole =
    ask.type === 'who' ||
    (named && ask.type === 'end') ||
    (named && ask.type === 'ack' && isPosition(ask.received)) ||
    (named && ask.type === 'follow' && typeof ask.ledger === 'string' && isPosition(ask.from))
  return whole ? (value as unknown as Note) : undefined
}

function isPosition(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

export function newTabId(): string {
  return crypto.randomUUID().slice(-12)
}
