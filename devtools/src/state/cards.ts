/** What the rail says of each run: read once for those that are not open, from the book for the one that is. */
import type { LedgerInfo } from 'daybook'
import type { Book } from '../model/book.js'
import { type RunCard, runState, shortName, titleOf, tookMs } from '../model/run.js'
import { spentSoFar } from '../model/totals.js'
import type { OpenRun, RunEntry } from './panel.js'
import { peekRun } from './peek.js'

export interface Cards {
  of(run: RunEntry): RunCard
  /** Takes the card of the open run from its book. */
  refresh(run: OpenRun): void
  /** Reads the runs that are not open, one after the other, for their titles and costs. */
  read(runs: readonly RunEntry[], open: string | undefined): void
  stop(): void
}

const peekLimit = 40

export function createCards(changed: () => void): Cards {
  const cards = new Map<string, { length: number; card: RunCard }>()
  let runs: readonly RunEntry[] = []
  let open: string | undefined
  let peeking: (() => void) | undefined
  let stopped = false

  function next(): void {
    if (peeking || stopped) return
    const entry = runs
      .slice(0, peekLimit)
      .find(({ key, info }) => key !== open && cards.get(key)?.length !== info.length)
    if (!entry) return
    const done = (book: Book | undefined): void => {
      peeking = undefined
      const card = book ? makeCard(book, entry.source.source.kind !== 'file') : plainCard(entry.info)
      cards.set(entry.key, { length: entry.info.length, card })
      changed()
      next()
    }
    let early = true
    const stop = peekRun(entry.source.source, entry.info, book => {
      if (early) queueMicrotask(() => done(book))
      else done(book)
    })
    early = false
    peeking = stop
  }

  return {
    of: entry => cards.get(entry.key)?.card ?? plainCard(entry.info),
    refresh({ key, book, status }) {
      cards.set(key, { length: book.events.length, card: makeCard(book, status.state === 'live') })
    },
    read(all, key) {
      runs = all
      open = key
      next()
    },
    stop() {
      stopped = true
      peeking?.()
    }
  }
}

function makeCard(book: Book, live: boolean): RunCard {
  const { run, totals, events } = book
  const now = Date.now()
  return {
    title: titleOf(book.name, run.goal),
    tag: shortName(book.name),
    state: runState(book, now, live),
    durationMs: tookMs(book, now, live),
    events: events.length,
    costUsd: spentSoFar(totals),
    estimated: totals.estimated,
    failedAt: run.failedAt,
    forkedAt: run.forkedAt
  }
}

function plainCard(info: LedgerInfo): RunCard {
  return {
    title: titleOf(info.name, undefined),
    tag: shortName(info.name),
    state: 'done',
    durationMs: Date.parse(info.updated) - Date.parse(info.created),
    events: info.length,
    costUsd: null,
    estimated: false,
    failedAt: -1
  }
}
