/** Ledgers of this page: those of a Daybook, or a single one. */
import type { Daybook, Ledger, LedgerEvent, LedgerInfo, LedgerSignal } from 'daybook'
import type { DevtoolsSource, LedgerFollower } from '../model/source.js'
import type { Forker } from './fork-with.js'

/** As much of a Daybook as the panel needs to read; what is left out cannot be done from it. */
export interface HasLedgers extends Partial<Pick<Daybook, 'fork' | 'kits' | 'session' | 'host'>> {
  readonly ledgers: {
    list(): Promise<readonly LedgerInfo[]>
    open(name: string): Promise<Ledger>
  }
}

const noChain = 'The store of a page keeps no chain of hashes. Save the run as .jsonl: that file has one.'

export interface DaybookSourceOptions {
  readonly label?: string
  /** How often the list is asked for, in milliseconds: a store does not tell of new ledgers. */
  readonly everyMs?: number
  /** Tells that the list should be asked for at once. Returns the function that ends it. */
  readonly onChange?: (listener: () => void) => () => void
}

const batchSize = 500

export function daybookSource(daybook: HasLedgers, options: DaybookSourceOptions = {}): DevtoolsSource {
  const { label = 'this page', everyMs = 1500, onChange } = options
  const looks = new Set<() => void>()
  const { fork, session, host } = daybook
  const forking: Pick<DevtoolsSource, 'fork' | 'noFork'> =
    fork && session && host
      ? {
          async fork(name, request, hooks) {
            const { forkWith } = await import('./fork-with.js')
            const begun = (branch: string): void => {
              hooks.begun(branch)
              for (const look of looks) look()
            }
            // What the one call of a session costs stands in a session of its own, not in the program's.
            const llm = () => session(`fork-${request.id}`).llm
            await forkWith(daybook as Forker, name, request, { signal: hooks.signal, begun }, { llm })
          }
        }
      : { noFork: 'Only a Daybook can fork: give the panel the Daybook itself.' }
  return {
    ...forking,
    noVerify: noChain,
    kit: name => daybook.kits?.get(name),
    label,
    kind: 'page',
    watch(listener, onStatus) {
      let ended = false
      let timer: ReturnType<typeof setTimeout> | undefined
      let last = ''
      const look = async (): Promise<void> => {
        try {
          const ledgers = await daybook.ledgers.list()
          if (ended) return
          const now = ledgers.map(info => `${info.name} ${info.length} ${info.updated}`).join('\n')
          if (now !== last || last === '') listener(ledgers)
          last = now || 'empty'
          onStatus?.({ state: 'live' })
        } catch (error) {
          if (!ended) onStatus?.({ state: 'lost', message: `The list of runs cannot be read: ${messageOf(error)}` })
        }
        if (ended) return
        clearTimeout(timer)
        timer = setTimeout(() => void look(), everyMs)
      }
      const now = (): void => void look()
      const quiet = onChange?.(now)
      looks.add(now)
      now()
      return () => {
        ended = true
        looks.delete(now)
        quiet?.()
        clearTimeout(timer)
      }
    },
    follow(name, follower) {
      let ended = false
      let stop: (() => void) | undefined
      follower.state?.({ state: 'connecting' })
      daybook.ledgers.open(name).then(
        ledger => {
          if (ended) return void close(ledger)
          const unfollow = followLedger(ledger, follower)
          stop = () => {
            unfollow()
            close(ledger)
          }
        },
        (error: unknown) => {
          if (!ended) follower.state?.({ state: 'lost', message: `The ledger cannot be opened: ${messageOf(error)}` })
        }
      )
      return () => {
        ended = true
        stop?.()
      }
    }
  }
}

/** One ledger that the caller holds open, and closes. */
export function ledgerSource(ledger: Ledger, options: { readonly label?: string } = {}): DevtoolsSource {
  const info = (created: string, updated: string): LedgerInfo => ({
    name: ledger.name,
    length: ledger.length,
    created,
    updated
  })
  return {
    label: options.label ?? 'this page',
    kind: 'page',
    noFork: 'The panel was given one ledger: give it the Daybook, and its runs can be forked.',
    noVerify: noChain,
    watch(listener, onStatus) {
      let created = ''
      const tell = (event: LedgerEvent): void => {
        created ||= event.timestamp
        listener([info(created, event.timestamp)])
      }
      listener([info('', '')])
      onStatus?.({ state: 'live' })
      return ledger.subscribe(tell)
    },
    follow: (_name, follower) => followLedger(ledger, follower)
  }
}

/** Subscribes from the start; events that come in one task go on as one batch. */
function followLedger(ledger: Ledger, follower: LedgerFollower): () => void {
  let batch: LedgerEvent[] = []
  let from = 0
  let waiting = false
  let signals: LedgerSignal[] = []
  const open = new Set<string>()
  let caughtUp = ledger.length === 0

  const flush = (): void => {
    waiting = false
    const events = batch
    const seen = signals
    const at = from
    batch = []
    signals = []
    if (events.length > 0) follower.events(at, events)
    // Who comes late asks for the deltas so far of the calls that are still open.
    if (!caughtUp && at + events.length >= ledger.length) {
      caughtUp = true
      for (const id of open) seen.unshift(...ledger.signals(id))
    }
    if (seen.length > 0) follower.signals(seen)
  }
  const soon = (): void => {
    if (waiting) return
    waiting = true
    queueMicrotask(flush)
  }

  follower.state?.({ state: 'live' })
  return ledger.subscribe(
    (event, position) => {
      if (batch.length === 0) from = position
      batch.push(event)
      if (!caughtUp) {
        if (event.type === 'llm.request') open.add(event.id)
        else if (event.type === 'llm.response' || event.type === 'llm.failed') {
          for (const cause of event.cause) open.delete(cause)
        }
      }
      if (batch.length >= batchSize) flush()
      else soon()
    },
    {
      from: 0,
      onSignal: signal => {
        signals.push(signal)
        soon()
      }
    }
  )
}

function close(ledger: Ledger): void {
  ledger.close().catch(() => {}) // read only: there is nothing to lose
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
