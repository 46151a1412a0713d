/** Keeps what the firings of a wave have said until the wave is in the ledger, and finds it again after a kill. */
import { entryOf, isStorable } from '../cache/entry.js'
import { landed, refilled } from '../cache/landed.js'
import type { CacheEntry, CacheStore } from '../cache/store.js'
import { asDaybookError } from '../errors.js'
import type { Host } from '../host.js'
import type { EventDraft, LedgerEvent } from '../ledger/event.js'
import { eventsAt } from '../ledger/events-at.js'
import type { Ledger } from '../ledger/ledger.js'
import type { OutboxEntry, OutboxSlot } from '../ledger/outbox.js'
import { isWhole } from '../ledger/readable.js'
import { recordedStream } from '../ledger/recorded-stream.js'
import { answerOf, withoutNotes } from '../ledger/recordings.js'
import type { LLMRequest } from '../llm/llm.js'
import { nothing, type Pending } from './call.js'
import type { AnswerPlace } from './state.js'

/** A firing, as far as the outbox knows it. */
export interface Sayer {
  /** Of the event that it is for, and the responder. */
  readonly key: string
  /** What it has said and what was not asked for before; undefined where there is nothing. */
  saved(): OutboxEntry | undefined
}

export interface OutboxBook {
  /** What an earlier process has left of this firing; given once. */
  take(firing: Sayer): OutboxEntry | undefined
  /** A firing has ended, or one of its calls has. What is not in the ledger a moment later is written down. */
  note(firing: Sayer): void
  /** What stores the answer of a call that an earlier process has left. */
  pending(slot: OutboxSlot): Pending
  /**
   * Reads what an earlier process has left, by firing. Its answers count as come now: identical calls of the wave join
   * them. Of other firings than those that are `due` it can be forgotten; left out: all may need it, later.
   */
  load(due?: ReadonlyMap<string, LedgerEvent>): Promise<void>
  /** The wave waits for nobody any more. */
  close(): void
  /**
   * Writes what the whole wave has said: the ledger takes only a part of it. Also what it takes, since answers that are
   * shared belong together, and a kill may come in between.
   */
  keep(): Promise<void>
  /** The wave is in the ledger. */
  clear(): void
  /** The run has ended. Resolves when nothing is being written any more. */
  end(): Promise<void>
}

export function sayerKey(trigger: string, responder: string): string {
  return `${trigger}\n${responder}`
}

export function outboxBook(ledger: Ledger, cache: CacheStore | undefined, host: Host): OutboxBook {
  const { outbox } = ledger
  const left = new Map<string, OutboxEntry>()
  const wave = new Set<Sayer>()
  const news = new Set<Sayer>()
  const landings = new Map<OutboxSlot, Pending>()
  let timer: ReturnType<typeof setTimeout> | undefined
  let work: Promise<void> = Promise.resolve()
  let writing = false
  let written = false
  let failed = outbox === undefined

  function queue(todo: () => Promise<void> | undefined): Promise<void> {
    work = work.then(todo).catch(error => {
      failed = true
      const message = `The outbox of ${ledger.name} cannot be used, so a killed run asks again what it had not appended yet: ${asDaybookError(error).message}`
      host.warn({ area: 'ledger', kind: 'outbox', message })
    })
    return work
  }

  /** In a task of its own: calls that shared an answer have all ended by then, and are written together. */
  async function flush(): Promise<void> {
    timer = undefined
    if (writing) return
    writing = true
    while (news.size > 0) {
      const entries = entriesOf(news)
      news.clear()
      if (entries.length > 0) await append(entries)
    }
    writing = false
  }

  function land(slot: OutboxSlot, event: LedgerEvent): void {
    const { draft, call } = slot
    const mark = draft.type === 'llm.response' ? (draft as EventDraft<'llm.response'>).data.cache : undefined
    if (!call || !cache || (mark?.state !== 'miss' && mark?.state !== 'joined')) return
    const request = (call.asked?.draft ?? event).data as LLMRequest
    const entry = entryOfEvent(draft as LedgerEvent<'llm.response'>, host.now())
    const pending = call.store ?? isStorable(request, entry.response)
    landings.set(slot, { ...landed(cache, mark.key, entry, pending, host), pending })
  }

  function append(entries: readonly OutboxEntry[]): Promise<void> {
    written = true
    return queue(() => (failed ? undefined : outbox?.append(entries)))
  }

  return {
    take(firing) {
      if (left.size === 0) return undefined // as a rule: no key is made then
      const { key } = firing
      const entry = left.get(key)
      left.delete(key)
      return entry
    },

    note(firing) {
      wave.add(firing)
      if (failed) return
      news.add(firing)
      timer ??= setTimeout(flush, 0)
    },

    pending: slot => landings.get(slot) ?? nothing,

    async load(due) {
      left.clear()
      if (!outbox || failed) return
      try {
        for await (const entry of outbox.read()) {
          const key = sayerKey(entry.trigger, entry.responder)
          const before = left.get(key)
          written = true
          if (due && !due.has(key)) continue
          if (!before || entry.ended) left.set(key, entry)
          else if (!before.ended) left.set(key, { ...entry, slots: [...before.slots, ...entry.slots] })
        }
      } catch (error) {
        const message = `The outbox of ${ledger.name} cannot be read: ${asDaybookError(error).message}`
        host.warn({ area: 'ledger', kind: 'outbox', message })
      }
      for (const [key, event] of due ?? []) {
        for (const slot of left.get(key)?.slots ?? []) land(slot, event)
      }
    },

    close() {
      clearTimeout(timer)
      timer = undefined
      news.clear()
    },

    async keep() {
      const entries = entriesOf(wave)
      if (entries.length > 0) await append(entries)
    },

    clear() {
      wave.clear()
      // What nobody has taken yet belongs to firings that are still to come.
      if (!written || left.size > 0) return
      written = false
      void queue(() => outbox?.clear())
    },

    end() {
      for (const { discard } of landings.values()) discard()
      landings.clear()
      return work
    }
  }
}

function entriesOf(firings: Iterable<Sayer>): OutboxEntry[] {
  return [...firings].flatMap(firing => firing.saved() ?? [])
}

/** Gives the answers of a ledger to the cache, as the run that made them did. Reads those that it does not have. */
export function remembered(
  ledger: Ledger,
  answers: readonly AnswerPlace[],
  cache: CacheStore,
  host: Host
): Promise<void> {
  const entriesOf = async (missing: ReadonlySet<string>): Promise<Map<string, CacheEntry>> => {
    const wanted = answers.filter(([key]) => missing.has(key))
    const events = await eventsAt(
      ledger,
      wanted.flatMap(([, request, answer]) => [request, answer])
    )
    const entries = new Map<string, CacheEntry>()
    for (const [key, asked, answered] of wanted) {
      const request = withoutNotes((events.get(asked) as LedgerEvent<'llm.request'>).data)
      const event = events.get(answered) as LedgerEvent<'llm.response'>
      if (!isWhole(event)) continue
      const entry = entryOfEvent(event, Date.parse(event.timestamp))
      if (isStorable(request, entry.response)) entries.set(key, entry)
    }
    return entries
  }
  const keys = answers.map(([key]) => key)
  return refilled(cache, keys, entriesOf, host)
}

function entryOfEvent(event: LedgerEvent<'llm.response'>, stored: number): CacheEntry {
  return entryOf(answerOf(event), recordedStream(event).deltas, stored)
}
