/** What a run is about, and how it stands. */
import type { LedgerEvent } from 'daybook'
import type { Book } from './book.js'
import { masked } from './mask.js'
import { wholeMs } from './playhead.js'
import { firstLine, named, number, record, string } from './read.js'

export interface RunFacts {
  /** What was asked for; undefined where no event says it. */
  readonly goal: string | undefined
  readonly kit: string | undefined
  /** Milliseconds since 1970 of the first and the last event. */
  readonly first: number
  readonly last: number
  /** The row of the first error that nothing made up for, or -1. */
  readonly failedAt: number
  readonly stoppedBy: string | undefined
  /** How many events a branch shares with its parent; undefined of a run that is none. */
  readonly forkedAt: number | undefined
}

export interface RunFold {
  readonly now: RunFacts
  add(event: LedgerEvent, at: number, error: boolean): void
  /** The facts of the first so many events; `last` is the time of the last of them. */
  at(length: number, last: number): RunFacts
}

export function runFold(name: string): RunFold {
  let row = -1
  const now = {
    goal: undefined as string | undefined,
    kit: undefined as string | undefined,
    first: Number.NaN,
    last: Number.NaN,
    failedAt: -1,
    stoppedBy: undefined as string | undefined,
    forkedAt: undefined as number | undefined
  }
  /** The facts after each row that changed them: a handful, however long the run. */
  const changes: { row: number; facts: RunFacts }[] = []

  function note(event: LedgerEvent, error: boolean): void {
    const data = record(event.data)
    switch (event.type as string) {
      case 'kit.loaded':
        now.kit ??= named(data.name)
        now.goal ??= goal(data.goal)
        break
      case 'object.created':
        // Runs of a kit without a written goal: the first object that stands for one.
        if (row < 3 && (data.type === 'Goal' || data.type === 'Company')) {
          const inner = record(data.data)
          now.goal ??= goal(inner.text ?? inner.goal ?? inner.name)
        }
        break
      case 'budget.exhausted':
        now.stoppedBy = 'budget'
        if (now.failedAt < 0) now.failedAt = row
        break
      case 'llm.request':
        // A session has no goal, nor has what ran without a kit: its first question stands for it.
        if (now.kit === undefined || name.startsWith('session:')) now.goal ??= goal(lastUserText(data.messages))
        break
      case 'branch.created':
        now.forkedAt = number(data.fork_position)
        break
      case 'run.resumed':
        now.stoppedBy = undefined
        now.failedAt = -1
        break
    }
    if (error && event.type !== 'llm.attempt' && event.type !== 'output.rejected' && now.failedAt < 0) {
      now.failedAt = row
    }
  }

  return {
    now,
    add(event, at, error) {
      row++
      const { goal, kit, failedAt, stoppedBy, forkedAt } = now
      note(event, error)
      if (!Number.isNaN(at)) {
        if (Number.isNaN(now.first)) now.first = at
        now.last = at
      }
      const same =
        goal === now.goal &&
        kit === now.kit &&
        failedAt === now.failedAt &&
        stoppedBy === now.stoppedBy &&
        forkedAt === now.forkedAt
      if (!same || row === 0) changes.push({ row, facts: { ...now } })
    },
    at(length, last) {
      const facts = changes.findLast(change => change.row < length)?.facts ?? { ...now, first: Number.NaN }
      return { ...facts, first: now.first, last }
    }
  }
}

function goal(value: unknown): string | undefined {
  const text = masked(firstLine(string(value) ?? '', 160))
  return text === '' ? undefined : text
}

function lastUserText(messages: unknown): unknown {
  const last = Array.isArray(messages) ? record(messages.at(-1)) : {}
  return last.content
}

export type RunState = 'running' | 'done' | 'failed' | 'open'

/** Silent for so long with a call open, a run is taken to have ended without its answer. */
const staleMs = 120_000

/** How a run stands at this moment: `open` means calls without an answer, and nobody at work on them. */
export function runState(
  book: { readonly run: RunFacts; readonly calls: { readonly open: { readonly size: number } } },
  now: number,
  live: boolean
): RunState {
  if (book.calls.open.size > 0) return live && now - book.run.last < staleMs ? 'running' : 'open'
  return book.run.failedAt >= 0 ? 'failed' : 'done'
}

/** How long a run took, in milliseconds: one that is under way goes on with the clock. */
export function tookMs(book: Book, now: number, live: boolean): number {
  const last = wholeMs(book)
  return runState(book, now, live) === 'running' ? Math.max(last, now - book.startedAt) : last
}

/** What the rail shows of a run. */
export interface RunCard {
  readonly title: string
  readonly tag: string
  readonly state: RunState
  readonly durationMs: number
  readonly events: number
  readonly costUsd: number | null
  readonly estimated: boolean
  readonly failedAt: number
  /** See {@link RunFacts}. */
  readonly forkedAt?: number | undefined
}

/** A short, stable tag of a ledger's name: `run:8` is `8`, a long one keeps its end, a file its name without the type. */
export function shortName(name: string): string {
  const id = name.replace(/^(run|branch|session):/, '')
  const stem = id.replace(/(\.(jsonl?|ndjson|gz))+$/, '')
  if (stem !== id) return stem.length > 12 ? `${stem.slice(0, 11)}…` : stem
  // Words that somebody chose are not cut: `failed-one` would be `-one`.
  return id.length > 5 && (id.length > 12 || /\d/.test(id)) ? id.slice(-4) : id
}

/** The title where no event says what a run is for. */
export function titleOf(name: string, goalText: string | undefined): string {
  if (goalText) return goalText
  const kind = /^(run|branch|session):/.exec(name)?.[1]
  return kind === 'session' ? 'Session' : kind === 'branch' ? 'Branch' : kind === 'run' ? 'Run' : name
}
