/** A ledger and a store of ledgers that open on first use, so that making a Daybook is synchronous and costs nothing. */
import { InputError } from '../errors.js'
import { once } from '../once.js'
import type { Ledger } from './ledger.js'
import { type Siblings, siblingsOf, withSiblings } from './siblings.js'
import type { LedgerStore } from './store.js'

export function lazyLedgerStore(open: () => Promise<LedgerStore>): LedgerStore {
  let opened: LedgerStore | undefined
  const store = once(async () => {
    opened = await open()
    return opened
  })
  return {
    append: async (name, events, options) => (await store()).append(name, events, options),
    async *read(name, from, to) {
      yield* (await store()).read(name, from, to)
    },
    length: async name => (await store()).length(name),
    list: async () => (await store()).list(),
    remove: async name => (await store()).remove(name),
    subscribe: (name, listener) => deferred(store(), ready => ready.subscribe?.(name, listener)),
    signal: (name, signal) => opened?.signal?.(name, signal),
    hold: async (name, signal) => (await (await store()).hold?.(name, signal)) ?? (() => {}),
    head: async name => (await store()).head?.(name),
    snapshots: {
      load: async name => (await store()).snapshots?.load(name),
      save: async (name, snapshot) => (await store()).snapshots?.save(name, snapshot),
      remove: async name => (await store()).snapshots?.remove(name)
    },
    // What was never opened has nothing to let go of.
    close: async () => opened?.close?.()
  }
}

export function lazyLedger(name: string, open: () => Promise<Ledger>): Ledger {
  let opened: Ledger | undefined
  const ledger = once(async () => {
    opened = await open()
    return opened
  })
  const lazy: Ledger = {
    name,
    get length() {
      return opened?.length ?? 0
    },
    append: async (events, options) => (await ledger()).append(events, options),
    async *read(from, to) {
      yield* (await ledger()).read(from, to)
    },
    subscribe: (listener, options) => deferred(ledger(), ready => ready.subscribe(listener, options)),
    signal: signal => opened?.signal(signal),
    signals: (request, from) => opened?.signals(request, from) ?? [],
    close: async () => opened?.close()
  }
  return withSiblings(lazy, {
    open: async sibling => siblings(await ledger()).open(sibling),
    head: async sibling => siblings(await ledger()).head(sibling)
  })
}

function siblings(ledger: Ledger): Siblings {
  const found = siblingsOf(ledger)
  if (found) return found
  throw new InputError(`Nobody knows where ${ledger.name} is kept: pass the store.`)
}

/** Subscribes when the thing is open, unless the subscriber has left by then. */
function deferred<T>(opening: Promise<T>, subscribe: (opened: T) => (() => void) | undefined): () => void {
  let left = false
  let stop: (() => void) | undefined
  opening.then(
    opened => {
      if (!left) stop = subscribe(opened)
    },
    () => {} // the first append or read says why it cannot be opened
  )
  return () => {
    left = true
    stop?.()
  }
}
