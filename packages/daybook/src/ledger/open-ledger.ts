/** A ledger over a store: checks what comes in, and tells its subscribers what was added. */
import { DaybookError, InputError } from '../errors.js'
import { defaultHost, type Host } from '../host.js'
import type { LedgerEvent, LedgerSignal } from './event.js'
import type { Ledger, LedgerListener, SubscribeOptions } from './ledger.js'
import { checkLedgerName, checkPosition, isBranch } from './name.js'
import { openCalls } from './open-calls.js'
import { storedOutbox } from './outbox.js'
import { ownEvents } from './own-event.js'
import { withSiblings } from './siblings.js'
import type { Appended, LedgerStore } from './store.js'

export interface OpenLedgerOptions {
  readonly host?: Host
}

/**
 * Opens the ledger of this name, which need not exist: its first append makes it.
 * @throws InputError for a name that is none; LedgerCorruptError and others where the store cannot read what it has.
 */
export async function openLedger(given: LedgerStore, name: string, options: OpenLedgerOptions = {}): Promise<Ledger> {
  checkLedgerName(name)
  const store = isBranch(name) ? (await import('./branching.js')).branching(given) : given
  const { host = defaultHost() } = options
  const calls = openCalls()
  const subscribers = new Set<Subscriber>()
  let length = await store.length(name)
  let hearing: (() => void) | undefined
  let sending: LedgerSignal | undefined
  let closed = false

  const grow = (to: number): void => {
    length = Math.max(length, to)
  }

  function tell(appended?: Appended): void {
    if (appended) grow(appended.from + appended.events.length)
    for (const subscriber of subscribers) subscriber.changed(appended)
  }

  function show(signal: LedgerSignal): void {
    for (const subscriber of subscribers) subscriber.signal(signal)
  }

  function checkOpen(): void {
    if (closed) throw new InputError(`The ledger ${name} was closed here: open it again.`)
  }

  const ledger: Ledger = {
    name,
    get length() {
      return length
    },
    async append(events, { expected } = {}) {
      checkOpen()
      if (expected !== undefined) checkPosition('expected', expected)
      const owned = ownEvents(events)
      const now = await store.append(name, owned, expected === undefined ? {} : { expected })
      grow(now)
      calls.settle(owned)
      // A store that hands over what was appended has told everybody already; for another one they read on.
      for (const subscriber of subscribers) subscriber.reach(now)
      return now
    },
    read(from = 0, to) {
      checkPosition('from', from)
      if (to !== undefined) checkPosition('to', to)
      return store.read(name, from, to)
    },
    subscribe(listener, { from = length, onSignal } = {}) {
      checkOpen()
      checkPosition('from', from)
      const subscriber = follow({ store, name, host, from, listener, onSignal, grow })
      subscribers.add(subscriber)
      // The store is listened to only while somebody wants to hear: a server opens many ledgers and closes few.
      hearing ??= store.subscribe?.(name, {
        changed: tell,
        signal: signal => {
          if (signal !== sending) show(signal)
        }
      })
      // What other tabs or processes added before anybody here listened counts too.
      subscriber.changed()
      return () => {
        subscribers.delete(subscriber)
        subscriber.stop()
        if (subscribers.size > 0) return
        hearing?.()
        hearing = undefined
      }
    },
    signal(signal) {
      if (closed) return
      calls.add(signal)
      show(signal)
      sending = signal
      store.signal?.(name, signal)
      sending = undefined
    },
    signals: calls.of,
    outbox: storedOutbox(given, name, host),
    // A branch begins with events of others, which may go and come back.
    snapshots: isBranch(name) ? undefined : given.snapshots,
    ...(given.hold ? { hold: signal => (given.hold as NonNullable<LedgerStore['hold']>)(name, signal) } : {}),
    async close() {
      closed = true
      for (const subscriber of subscribers) subscriber.stop()
      subscribers.clear()
      calls.clear()
      hearing?.()
      hearing = undefined
    }
  }
  return withSiblings(ledger, {
    open: sibling => openLedger(given, sibling, options),
    head: async sibling => given.head?.(sibling)
  })
}

interface Subscriber {
  changed(appended?: Appended): void
  /** Reads on unless it has got so far already. */
  reach(length: number): void
  signal(signal: LedgerSignal): void
  stop(): void
}

interface Following {
  readonly store: LedgerStore
  readonly name: string
  readonly host: Host
  readonly from: number
  readonly listener: LedgerListener
  readonly onSignal: SubscribeOptions['onSignal'] | undefined
  readonly grow: (length: number) => void
}

/** One subscriber with its place in the ledger: nobody waits for anybody else, and each event comes once. */
function follow({ store, name, host, from, listener, onSignal, grow }: Following): Subscriber {
  let position = from
  let reading = false
  let delivering = false
  let again = false
  let stopped = false

  function guarded(call: () => unknown): void {
    try {
      const result = call()
      if (result instanceof Promise) result.catch(warn)
    } catch (error) {
      warn(error)
    }
  }

  function warn(error: unknown): void {
    const what = error instanceof DaybookError || error instanceof Error ? error.message : String(error)
    host.warn({ area: 'ledger', kind: 'subscriber', message: `A subscriber of ${name} threw: ${what}` })
  }

  function deliver(event: LedgerEvent): void {
    const at = position++
    grow(position) // whoever hears of an event sees a length that counts it
    delivering = true
    guarded(() => listener(event, at))
    delivering = false
  }

  async function readOn(): Promise<void> {
    reading = true
    try {
      do {
        again = false
        let at = position
        for await (const event of store.read(name, at)) {
          if (stopped) return
          // What was handed over while we read has been told already.
          if (at++ === position) deliver(event)
        }
      } while (again && !stopped)
    } catch (error) {
      const what = error instanceof Error ? error.message : String(error)
      host.warn({ area: 'ledger', kind: 'read', message: `The ledger ${name} cannot be read on: ${what}` })
    } finally {
      reading = false
    }
  }

  function lookAgain(): void {
    if (reading || delivering) again = true
    else void readOn()
  }

  return {
    changed(appended) {
      if (stopped) return
      // Handed over in the middle of a delivery: a listener has appended. Or ahead of us: we are still reading up to it.
      if (!appended || delivering || appended.from > position) return lookAgain()
      for (const event of appended.events.slice(position - appended.from)) {
        if (stopped) return
        deliver(event)
      }
      if (again && !reading) lookAgain()
    },
    reach(length) {
      if (!stopped && position < length) lookAgain()
    },
    signal(signal) {
      if (onSignal && !stopped) guarded(() => onSignal(signal))
    },
    stop() {
      stopped = true
    }
  }
}
