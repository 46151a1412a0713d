/**
 * What is sent to the panel: by a Node process one JSON frame a line, over a fetch that stays open; by another tab as
 * values, over a BroadcastChannel.
 */
import type { LedgerEvent, LedgerInfo, LedgerSignal } from 'daybook'
import { isRecord } from './read.js'

export const frameVersion = 1
/** A batch of events is at most this long. */
export const maxBatch = 500
/** The server sends a ping this often, so that silence means a lost connection. */
export const pingMs = 15_000
/** After this long without a frame the panel connects anew. */
export const silenceMs = 45_000

/** `GET api/ledgers`: all ledgers at once, and again at each change. */
export interface LedgersFrame {
  readonly type: 'ledgers'
  readonly ledgers: readonly LedgerInfo[]
  /** What this process does beside showing; an older one does not say. */
  readonly fork?: boolean
  readonly verify?: boolean
  /** The kits whose runs go on from a fork; of any other, one call is made again. */
  readonly kits?: readonly string[]
}
/** `GET api/events?ledger=<name>&from=<n>`: the first frame. */
export interface HelloFrame {
  readonly type: 'hello'
  readonly version: number
  readonly ledger: string
  readonly length: number
}
/** Events from position `from` on, at most {@link maxBatch} of them. */
export interface AppendFrame {
  readonly type: 'append'
  readonly from: number
  readonly events: readonly LedgerEvent[]
}
/** Deltas of calls that are still open. */
export interface SignalsFrame {
  readonly type: 'signals'
  readonly signals: readonly LedgerSignal[]
}
export interface PingFrame {
  readonly type: 'ping'
}

/** `POST api/fork`: the branch is there. */
export interface BranchFrame {
  readonly type: 'branch'
  readonly ledger: string
}
/** … and the last frame: it has ended, or why it could not go on. */
export interface EndedFrame {
  readonly type: 'ended' | 'failed'
  readonly message?: string
}

export type Frame = LedgersFrame | HelloFrame | AppendFrame | SignalsFrame | PingFrame | BranchFrame | EndedFrame

/** A frame from a line, or undefined for what is none: a type from a newer server is left out, never an error. */
export function parseFrame(line: string): Frame | undefined {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return undefined
  }
  return frameOf(value)
}

/** The same of a frame that came as a value. */
export function frameOf(value: unknown): Frame | undefined {
  if (!isRecord(value)) return undefined
  switch (value.type) {
    case 'ping':
      return { type: 'ping' }
    case 'ledgers':
      return Array.isArray(value.ledgers)
        ? {
            type: 'ledgers',
            ledgers: (value.ledgers as unknown[]).filter(isInfo),
            fork: value.fork === true,
            verify: value.verify === true,
            ...(Array.isArray(value.kits) ? { kits: value.kits.map(String) } : {})
          }
        : undefined
    case 'hello':
      return typeof value.version === 'number' && typeof value.ledger === 'string' && typeof value.length === 'number'
        ? { type: 'hello', version: value.version, ledger: value.ledger, length: value.length }
        : undefined
    case 'append':
      return Number.isSafeInteger(value.from) && (value.from as number) >= 0 && Array.isArray(value.events)
        ? { type: 'append', from: value.from as number, events: value.events as LedgerEvent[] }
        : undefined
    case 'signals':
      return Array.isArray(value.signals)
        ? { type: 'signals', signals: (value.signals as unknown[]).filter(isSignal) }
        : undefined
    case 'branch':
      return typeof value.ledger === 'string' ? { type: 'branch', ledger: value.ledger } : undefined
    case 'ended':
    case 'failed':
      return { type: value.type, ...(typeof value.message === 'string' ? { message: value.message } : {}) }
    default:
      return undefined
  }
}

function isInfo(value: unknown): value is LedgerInfo {
  return isRecord(value) && typeof value.name === 'string' && typeof value.length === 'number'
}

export function isSignal(value: unknown): value is LedgerSignal {
  return isRecord(value) && typeof value.request === 'string' && typeof value.n === 'number' && isRecord(value.delta)
}
