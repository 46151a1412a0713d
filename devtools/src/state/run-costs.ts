/** What each run of the list cost. They are read one after the other, and of each only its sums are kept. */
import { type RunCost, runCostOf } from '../model/run-cost.js'
import { createBooks } from './books.js'
import type { Panel, RunEntry } from './panel.js'

export interface RunCosts {
  /** Whether runs are shown side by side: it stays so when another one is opened. */
  several: boolean
  /** Grows with each change. */
  readonly version: number
  /** Undefined until the run was read; why it could not be, in words. */
  get(key: string): RunCost | string | undefined
  /** Reads these, and again those that have grown, though not all the time. */
  read(entries: readonly RunEntry[]): void
  stop(): void
  subscribe(listener: () => void): () => void
}

/** A run that grows is read again no more often than this, in milliseconds. */
const againMs = 10_000

interface Known {
  readonly length: number
  readonly at: number
  readonly cost: RunCost | string
}

const ofPanels = new WeakMap<Panel, RunCosts>()

export function runCostsOf(panel: Panel): RunCosts {
  const costs = ofPanels.get(panel) ?? createRunCosts()
  ofPanels.set(panel, costs)
  return costs
}

export function createRunCosts(): RunCosts {
  const known = new Map<string, Known>()
  const listeners = new Set<() => void>()
  // Of its own: what Compare keeps stays.
  const books = createBooks()
  let wanted: readonly RunEntry[] = []
  let reading: RunEntry | undefined
  let version = 0

  const next = (): void => {
    if (reading) return
    const now = performance.now()
    reading = wanted.find(({ key, info }) => {
      const was = known.get(key)
      return !was || (was.length !== info.length && now - was.at > againMs)
    })
    books.keep(reading ? [reading] : [])
    look()
  }
  const look = (): void => {
    const loaded = reading && books.get(reading.key)
    if (!reading || !loaded || loaded.state === 'loading') return
    const { key, info } = reading
    const { book, message } = loaded
    const cost = message ?? runCostOf(book, book.events.length)
    known.set(key, { length: info.length, at: performance.now(), cost })
    reading = undefined
    version++
    for (const listener of [...listeners]) listener()
    next()
  }
  books.subscribe(look)

  return {
    several: false,
    get version() {
      return version
    },
    get: key => known.get(key)?.cost,
    read(entries) {
      wanted = entries
      next()
    },
    stop() {
      wanted = []
      reading = undefined
      books.keep([])
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    }
  }
}
