/** The deltas of calls that are not answered yet, for who comes late. */
import type { LedgerEvent, LedgerSignal } from './event.js'

// Memory has an end: past these, the oldest call's deltas go. Its answer will be in the ledger all the same.
const maxCalls = 20_000
const maxSignals = 2_000_000

export interface OpenCalls {
  add(signal: LedgerSignal): void
  of(request: string, from?: number): readonly LedgerSignal[]
  /** Forgets the calls that these events end. */
  settle(events: readonly LedgerEvent[]): void
  clear(): void
}

export function openCalls(): OpenCalls {
  const calls = new Map<string, LedgerSignal[]>()
  let signals = 0

  function drop(request: string): void {
    signals -= calls.get(request)?.length ?? 0
    calls.delete(request)
  }

  return {
    add(signal) {
      const kept = calls.get(signal.request)
      if (kept) kept.push(signal)
      // A call whose first deltas were given up is not kept from its middle on.
      else if (signal.n === 0) calls.set(signal.request, [signal])
      else return
      signals++
      if (calls.size > maxCalls || signals > maxSignals) drop(calls.keys().next().value as string)
    },
    of: (request, from = 0) => (calls.get(request) ?? []).filter(({ n }) => n >= from),
    settle(events) {
      if (calls.size === 0) return
      for (const event of events) {
        if (event.type === 'llm.response' || event.type === 'llm.failed') event.cause.forEach(drop)
      }
    },
    clear() {
      calls.clear()
      signals = 0
    }
  }
}
