/** What the page reads: the list of ledgers, and one ledger as it grows. */
import type { LedgerEvent, LedgerInfo, LedgerSignal, LedgerStore } from 'daybook'
import { bell, type Frames } from './frames.js'

export interface Pace {
  /** A reader hears something at least this often, in milliseconds. */
  readonly pingMs: number
  /** How often is looked what the store cannot tell by itself. */
  readonly pollMs: number
}

const batchEvents = 500
const batchCharacters = 1_000_000
/** Deltas that wait for a slow reader; older ones are dropped, and the gap in their numbers says so. */
const waitingSignals = 2_000

/** What the page may ask of this process beyond reading. */
export interface Abilities {
  readonly fork: boolean
  readonly verify: boolean
  /** With forks: the kits whose runs can go on here. */
  readonly kits?: readonly string[] | undefined
}

/** Sends the list at once and whenever it has changed. */
export async function streamLedgers(store: LedgerStore, to: Frames, pace: Pace, can: Abilities): Promise<void> {
  const never = bell()
  let known = ''
  let silent = 0
  while (!to.left.aborted) {
    const ledgers: readonly LedgerInfo[] = await store.list()
    const frame = JSON.stringify({ type: 'ledgers', ledgers, ...can })
    if (frame !== known) {
      known = frame
      silent = 0
      await to.send(frame)
    } else if (silent >= pace.pingMs) {
      silent = 0
      await to.send({ type: 'ping' })
    }
    await never.wait(pace.pollMs, to.left)
    silent += pace.pollMs
  }
}

/** Sends the events of a ledger from a position on, then those that are appended, and deltas as they come. */
export async function streamEvents(
  store: LedgerStore,
  ledger: string,
  from: number,
  to: Frames,
  pace: Pace
): Promise<void> {
  const news = bell()
  let signals: LedgerSignal[] = []
  const leave = store.subscribe?.(ledger, {
    changed: () => news.ring(),
    signal(signal) {
      if (signals.length >= waitingSignals) signals = signals.slice(waitingSignals / 2)
      signals.push(signal)
      news.ring()
    }
  })
  // A store that tells of nothing is asked.
  const patience = leave ? pace.pingMs : Math.min(pace.pollMs, pace.pingMs)
  let silent = 0
  try {
    let length = await store.length(ledger)
    let position = from
    await to.send({ type: 'hello', version: 1, ledger, length })
    if (from > length) return // of another ledger with this name: the reader begins anew
    while (!to.left.aborted) {
      const heard = signals
      signals = []
      const before = position
      const ended = new Set<string>()
      for await (const batch of batches(store.read(ledger, position), event => note(event, ended))) {
        await to.send(`{"type":"append","from":${position},"events":[${batch.join(',')}]}`)
        if (to.left.aborted) return
        position += batch.length
      }
      // The answer of a call that has ended is in its event.
      const live = heard.filter(signal => !ended.has(signal.request))
      if (live.length > 0) await to.send({ type: 'signals', signals: live })

      if (position > before || live.length > 0) silent = 0
      else if (silent >= pace.pingMs) {
        silent = 0
        await to.send({ type: 'ping' })
      }
      if (!(await news.wait(patience, to.left))) silent += patience
      const now = await store.length(ledger)
      if (now < length) return // removed while it was read
      length = now
    }
  } finally {
    leave?.()
  }
}

function note(event: LedgerEvent, ended: Set<string>): void {
  if (event.type === 'llm.response' || event.type === 'llm.failed') for (const id of event.cause) ended.add(id)
}

/** Events as JSON, in batches that are small enough to be shown while the next one is read. */
async function* batches(
  events: AsyncIterable<LedgerEvent>,
  see: (event: LedgerEvent) => void
): AsyncGenerator<string[], void> {
  let batch: string[] = []
  let characters = 0
  for await (const event of events) {
    see(event)
    const text = JSON.stringify(event)
    batch.push(text)
    characters += text.length
    if (batch.length < batchEvents && characters < batchCharacters) continue
    yield batch
    batch = []
    characters = 0
  }
  if (batch.length > 0) yield batch
}
