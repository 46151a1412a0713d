/** Ledgers in IndexedDB: what is appended at once is one record and one transaction. */
import { DaybookError, LedgerCorruptError, LedgerWriteError } from '../errors.js'
import { defaultHost, type Host } from '../host.js'
import { deepFreeze } from '../json.js'
import { admit } from '../ledger/admit.js'
import type { LedgerEvent, LedgerSignal } from '../ledger/event.js'
import { listeners } from '../ledger/listeners.js'
import { checkStoredName, isLedgerName, outboxName } from '../ledger/name.js'
import { isPackedType, NotHeldError, type Packer, packer, unpacked } from '../ledger/packed.js'
import type { Appended, LedgerInfo, LedgerStore } from '../ledger/store.js'
import { completed, database } from './database.js'
import { idbSnapshots, snapshotAt } from './idb-snapshots.js'

export interface IdbLedgerStoreOptions {
  /** The database's name: default `daybook-ledgers`. */
  readonly name?: string
  readonly host?: Host
}

/** One per ledger, under its name. */
interface Meta {
  readonly name: string
  readonly length: number
  readonly created: string
  readonly updated: string
  readonly bytes: number
}

/** Some events of a ledger, the first at position `from`, under [ledger, from]. */
interface Chunk {
  readonly ledger: string
  readonly from: number
  readonly count: number
  /**
   * Each event's JSON, by lines: one string is copied in and out many times as fast as a tree of objects. What earlier
   * events say already may stand in it by reference.
   */
  readonly text: string
}

interface Job {
  readonly events: readonly LedgerEvent[]
  readonly expected: number | undefined
  resolve(length: number): void
  reject(error: unknown): void
}

/** What this tab knows of a ledger: the ids of its first `length` events, by position. */
interface Known {
  length: number
  created: string
  readonly ids: Map<string, number>
  readonly packed: Packer
  /** Whether it knows what was there when we came. */
  recalled: boolean
  queue: Job[]
  writing: boolean
}

type Message =
  | { readonly type: 'changed'; readonly name: string }
  | { readonly type: 'signal'; readonly name: string; readonly signal: LedgerSignal }

// A read takes so many chunks at a time, so that a long ledger is never in memory as a whole.
const page = 64
// Of the events that others may refer to, a read has the last so many at hand; the rest are read again.
const maxHeld = 256

/**
 * A store in this origin's IndexedDB. An append resolves when its transaction is committed with strict durability.
 * Several tabs may use one ledger: they hear of each other's appends and signals. Opens on first use.
 * @throws DaybookError of kind `ledger`, from every method, where IndexedDB is not there or may not be used.
 */
export function idbLedgerStore(options: IdbLedgerStoreOptions = {}): LedgerStore {
  const { name: databaseName = 'daybook-ledgers', host = defaultHost() } = options
  const db = database(databaseName, {
    upgrade(made) {
      made.createObjectStore('ledgers', { keyPath: 'name' })
      made.createObjectStore('chunks', { keyPath: ['ledger', 'from'] })
    }
  })
  const known = new Map<string, Known>()
  const heard = listeners()
  let channel: BroadcastChannel | undefined

  function ledger(name: string): Known {
    checkStoredName(name)
    const found = known.get(name) ?? {
      length: 0,
      created: '',
      ids: new Map(),
      packed: packer(),
      recalled: false,
      queue: [],
      writing: false
    }
    known.set(name, found)
    return found
  }

  async function flush(name: string, one: Known): Promise<void> {
    one.writing = true
    while (one.queue.length > 0) {
      const jobs = one.queue
      one.queue = []
      try {
        const { outcomes, appended } = await db.transaction(
          ['ledgers', 'chunks'],
          'readwrite',
          transaction => write(name, one, jobs, transaction),
          { durability: 'strict' }
        )
        jobs.forEach((job, index) => {
          const outcome = outcomes[index] as Outcome
          if ('error' in outcome) job.reject(outcome.error)
          else job.resolve(outcome.length)
        })
        if (appended.events.length > 0) {
          // Told in the same turn: who appended hears of it after the subscribers did.
          heard.changed(name, appended)
          post({ type: 'changed', name })
        }
      } catch (error) {
        one.packed.forget() // what was to be written may be referred to no more
        one.recalled = false
        for (const job of jobs) job.reject(writeError(error))
      }
    }
    one.writing = false
  }

  /** Appends what the jobs bring, in one transaction; what it learns is kept only once that is committed. */
  async function write(
    name: string,
    one: Known,
    jobs: readonly Job[],
    transaction: IDBTransaction
  ): Promise<{ outcomes: Outcome[]; appended: Appended }> {
    const done = completed(transaction)
    done.catch(() => {}) // waited for below; until then, its failure is not lost but not heard either
    const metas = transaction.objectStore('ledgers')
    const chunks = transaction.objectStore('chunks')
    const meta: Meta | undefined = await answer(metas.get(name))
    await catchUp(name, one, meta, chunks)
    const from = one.length
    const there = await repeated(name, one, jobs, chunks)
    const fresh = new Map<string, LedgerEvent>()
    const outcomes = jobs.map(({ events, expected }): Outcome => {
      try {
        const length = from + fresh.size
        const find = (id: string): LedgerEvent | undefined => fresh.get(id) ?? there.get(id)
        for (const event of admit(events, { length, expected, find })) fresh.set(event.id, event)
        return { length: from + fresh.size }
      } catch (error) {
        return { error }
      }
    })
    const events = [...fresh.values()]
    const now = new Date(host.now()).toISOString()
    const created = meta?.created ?? now
    if (events.length > 0) {
      if (!one.recalled && events.some(({ type }) => isPackedType(type))) await recall(name, one, chunks)
      const text = events.map((event, index) => one.packed.text(event, from + index)).join('\n')
      const bytes = (meta?.bytes ?? 0) + text.length
      chunks.add({ ledger: name, from, count: events.length, text } satisfies Chunk)
      const length = from + events.length
      metas.put({ name, length, created, updated: now, bytes } satisfies Meta)
    }
    transaction.commit()
    await done
    for (const { id } of events) one.ids.set(id, one.length++)
    if (events.length > 0) one.created = created
    return { outcomes, appended: { from, events } }
  }

  /** Learns the ids that other tabs have added since. */
  async function catchUp(name: string, one: Known, meta: Meta | undefined, chunks: IDBObjectStore): Promise<void> {
    const { length = 0, created = '' } = meta ?? {}
    if (length < one.length || created !== one.created) {
      // Removed, and perhaps begun anew, by somebody else.
      one.ids.clear()
      one.packed.forget()
      one.recalled = false
      one.length = 0
      one.created = created
    }
    while (one.length < length) {
      const found: Chunk[] = await answer(chunks.getAll(rangeOf(name, one.length), page))
      if (found.length === 0) throw torn(name, one.length)
      for (const { from, text } of found) {
        if (from !== one.length) throw torn(name, one.length)
        for (const { id } of linesOf(text)) one.ids.set(id, one.length++)
      }
    }
  }

  /** What new lines may refer to: the last events that are there, so that a dialog may go on in another tab, or later. */
  async function recall(name: string, one: Known, chunks: IDBObjectStore): Promise<void> {
    one.recalled = true
    const first = await chunkOf(name, Math.max(0, one.length - page), chunks)
    if (!first) return
    const full = fullEvents(name, chunks)
    let position = first.from
    for (const chunk of await answer<Chunk[]>(chunks.getAll(rangeOf(name, first.from), page))) {
      for (const event of await full(chunk)) one.packed.text(event, position++)
    }
  }

  /**
   * Gives the full events of chunks that are read one behind the other: what their lines refer to is at hand, or is
   * read again.
   */
  function fullEvents(name: string, chunks?: IDBObjectStore): (chunk: Chunk, from?: number) => Promise<LedgerEvent[]> {
    const held = new Map<string, { readonly position: number; readonly event: LedgerEvent }>()

    /** @param before Positions from here on may not be referred to: a line only says again what is before it. */
    async function full(read: unknown, before: number): Promise<LedgerEvent> {
      const find = (id: string): LedgerEvent | undefined => {
        const found = held.get(id)
        return found && found.position < before ? found.event : undefined
      }
      for (;;) {
        try {
          // A copy, since what was begun cannot be done twice.
          return deepFreeze(unpacked(structuredClone(read), find) as LedgerEvent)
        } catch (error) {
          if (!(error instanceof NotHeldError && error.position < before && !held.has(error.id))) throw error
          const { id, position } = error
          const there = (all: IDBObjectStore): Promise<Chunk | undefined> => chunkOf(name, position, all)
          const chunk = await (chunks ? there(chunks) : reading('chunks', there))
          const line = chunk && linesOf(chunk.text)[position - chunk.from]
          if (line?.id !== id) throw error
          hold(await full(line, position), position)
        }
      }
    }

    function hold(event: LedgerEvent, position: number): void {
      if (!isPackedType(event.type)) return
      held.set(event.id, { position, event })
      if (held.size > maxHeld) held.delete(held.keys().next().value as string)
    }

    return async ({ from, text }, start = from) => {
      const events: LedgerEvent[] = []
      let position = from
      for (const line of linesOf(text)) {
        if (position >= start) {
          const event = 'same' in line ? await full(line, position) : deepFreeze(line)
          hold(event, position)
          events.push(event)
        }
        position++
      }
      return events
    }
  }

  /** The stored events whose ids the jobs bring again. */
  async function repeated(
    name: string,
    one: Known,
    jobs: readonly Job[],
    chunks: IDBObjectStore
  ): Promise<Map<string, LedgerEvent>> {
    const there = new Map<string, LedgerEvent>()
    for (const { id } of jobs.flatMap(job => job.events)) {
      const position = one.ids.get(id)
      if (position === undefined || there.has(id)) continue
      const chunk = await chunkOf(name, position, chunks)
      if (!chunk) throw torn(name, position)
      for (const event of await fullEvents(name, chunks)(chunk)) there.set(event.id, event)
    }
    return there
  }

  async function* read(name: string, from: number, to: number): AsyncGenerator<LedgerEvent> {
    const { length } = (await metaOf(name)) ?? { length: 0 }
    const end = Math.min(to, length)
    const full = fullEvents(name)
    let position = from
    while (position < end) {
      const start = position
      const found = await reading('chunks', async chunks => {
        const first = await chunkOf(name, start, chunks)
        return first ? await answer<Chunk[]>(chunks.getAll(rangeOf(name, first.from), page)) : []
      })
      if (found.length === 0) {
        if (await metaOf(name)) throw torn(name, position)
        return // removed while we read
      }
      for (const chunk of found) {
        if (position >= end) return
        if (chunk.from > position) throw torn(name, position)
        for (const event of await full(chunk, position)) {
          if (position >= end) return
          yield event
          position++
        }
      }
    }
  }

  function metaOf(name: string): Promise<Meta | undefined> {
    return reading('ledgers', ledgers => answer<Meta | undefined>(ledgers.get(name)))
  }

  async function reading<T>(store: string, work: (store: IDBObjectStore) => Promise<T>): Promise<T> {
    try {
      return await db.transaction(store, 'readonly', transaction => work(transaction.objectStore(store)))
    } catch (error) {
      throw readError(error)
    }
  }

  function post(message: Message): void {
    open()?.postMessage(message)
  }

  /** The way to the other tabs; opened when somebody speaks or listens. */
  function open(): BroadcastChannel | undefined {
    if (channel || typeof BroadcastChannel === 'undefined') return channel
    channel = new BroadcastChannel(`daybook-ledgers/${databaseName}`)
    channel.onmessage = ({ data }: MessageEvent<Message>) => {
      if (data.type === 'changed') heard.changed(data.name)
      else if (data.type === 'signal') heard.signal(data.name, data.signal)
    }
    return channel
  }

  return {
    append(name, events, { expected } = {}) {
      return new Promise((resolve, reject) => {
        const one = ledger(name)
        one.queue.push({ events, expected, resolve, reject })
        // In a microtask: what is appended in the same turn shares the transaction.
        if (!one.writing) {
          one.writing = true
          queueMicrotask(() => void flush(name, one))
        }
      })
    },
    async *read(name, from = 0, to = Number.POSITIVE_INFINITY) {
      checkStoredName(name)
      yield* read(name, from, to)
    },
    async length(name) {
      checkStoredName(name)
      return (await metaOf(name))?.length ?? 0
    },
    list: () =>
      reading('ledgers', async ledgers => {
        const metas: readonly LedgerInfo[] = await answer<Meta[]>(ledgers.getAll())
        return metas.filter(meta => isLedgerName(meta.name))
      }),
    snapshots: idbSnapshots(db),
    async remove(name) {
      checkStoredName(name)
      try {
        await db.transaction(['ledgers', 'chunks'], 'readwrite', async transaction => {
          const done = completed(transaction)
          for (const one of [name, outboxName(name)]) {
            transaction.objectStore('ledgers').delete(one)
            transaction.objectStore('chunks').delete(rangeOf(one, snapshotAt))
          }
          await done
        })
      } catch (error) {
        throw writeError(error)
      }
    },
    subscribe(name, listener) {
      checkStoredName(name)
      open()
      return heard.add(name, listener)
    },
    signal(name, signal) {
      heard.signal(name, signal)
      post({ type: 'signal', name, signal })
    },
    hold(name, signal) {
      checkStoredName(name)
      // Not there where a page is not secure: then nobody is kept out.
      const locks: LockManager | undefined = globalThis.navigator?.locks
      if (!locks) return Promise.resolve(() => {})
      return new Promise((resolve, reject) => {
        const holding = (): Promise<void> => new Promise(release => resolve(release))
        locks.request(`daybook-ledgers/${databaseName}/${name}`, signal ? { signal } : {}, holding).catch(reject)
      })
    },
    async close() {
      channel?.close()
      channel = undefined
      db.close()
    }
  }
}

type Outcome = { readonly length: number } | { readonly error: unknown }

function answer<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}

function rangeOf(name: string, from: number): IDBKeyRange {
  return IDBKeyRange.bound([name, from], [name, Number.POSITIVE_INFINITY])
}

/** The chunk that holds a position: the last that does not begin behind it. */
async function chunkOf(name: string, position: number, chunks: IDBObjectStore): Promise<Chunk | undefined> {
  const range = IDBKeyRange.bound([name, 0], [name, position])
  return (await answer(chunks.openCursor(range, 'prev')))?.value as Chunk | undefined
}

/** What the lines say: of an event that refers to others, not all of it. */
function linesOf(text: string): LedgerEvent[] {
  return text.split('\n').map(line => JSON.parse(line) as LedgerEvent)
}

function torn(name: string, position: number): Error {
  return new LedgerCorruptError(`The ledger ${name} has no event at position ${position}, where one should be.`, {
    data: { position }
  })
}

function readError(error: unknown): unknown {
  if (error instanceof DaybookError && error.kind === 'ledger') return error
  return new DaybookError('ledger', `IndexedDB cannot be used here: ${why(error)}`, { cause: error })
}

function writeError(error: unknown): unknown {
  if (error instanceof DaybookError && error.kind === 'ledger') return error
  const full = (error as { name?: unknown } | null)?.name === 'QuotaExceededError'
  return new LedgerWriteError(`The events could not be written to IndexedDB: ${why(error)}`, {
    hint: full ? 'The space of this site is used up: remove old ledgers and append again.' : undefined,
    cause: error
  })
}

function why(error: unknown): string {
  const { name, message } = (error ?? {}) as { name?: unknown; message?: unknown }
  return [name, message].filter(part => typeof part === 'string' && part !== '').join(': ') || String(error)
}
