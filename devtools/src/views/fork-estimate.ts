/** What a fork as it stands now would keep and ask: counted again a moment after each edit. */
import { type ForkEstimate, forkEstimate } from 'daybook'
import { useEffect, useState } from 'react'
import type { Book } from '../model/book.js'
import type { Edited } from '../model/fork-draft.js'
import { type ForkPlan, planFork } from '../model/fork-plan.js'
import { contentText, list, record } from '../model/read.js'
import { isOwnKit } from '../sources/kits.js'
import type { OpenRun } from '../state/panel.js'

export interface Counted {
  readonly plan?: ForkPlan
  readonly estimate?: ForkEstimate
  /** Why it cannot be forked so. */
  readonly problem?: string
}

const quietMs = 200

/** Not a run that can go on here: one call of it is made again. */
export function isSingle({ book, source }: OpenRun): boolean {
  const { kit } = book.run
  const { asksWho, kits } = source.source
  return kit === undefined || (asksWho === true && !isOwnKit(kit)) || kits?.includes(kit) === false
}

export function singleWords({ book, source }: OpenRun): string {
  const { kit } = book.run
  const why =
    kit === undefined
      ? 'This is no run of a kit'
      : source.source.kits
        ? `This process does not know the kit ${kit.slice(0, 60)} (start it with --kit ./its-module.mjs)`
        : `The kit ${kit.slice(0, 60)} is not in this page`
  return `${why}, so this one call is made again and what came after it is not.`
}

export function useEstimate(run: OpenRun, row: number, edited: Edited, strict: boolean): Counted {
  const [counted, setCounted] = useState<Counted>({})
  const { book, source } = run
  const changes = JSON.stringify(edited.change)
  const length = book.events.length
  // biome-ignore lint/correctness/useExhaustiveDependencies: the change is known by its text
  useEffect(() => {
    let over = false
    const count = async (): Promise<void> => {
      const event = book.events[row]
      if (!event) return
      const single = isSingle(run)
      const changed = edited.count > 0 ? event.id : undefined
      const change = changed === undefined ? {} : { change: { event: event.id, ...edited.change } }
      try {
        const plan = planFork(book, { position: row, changed, data: edited.data, single, strict })
        if (!over) setCounted(before => ({ ...(before.estimate ? { estimate: before.estimate } : {}), plan }))
        const local = async (): Promise<ForkEstimate> => {
          // To know a question again it is read whole: of very long ones only what they cost before is told.
          if (isLong(book)) return ofOne(plan)
          try {
            const estimate = await forkEstimate(book.events, row, { ...change, strict })
            return single ? ofOne(plan) : estimate
          } catch (error) {
            // Only what the library says of the change itself is about the fork; odd events have no price, that is all.
            if (isRefusal(error)) throw error
            return ofOne(plan)
          }
        }
        const { source: asked } = source
        const estimate = await (asked.estimate
          ? asked.estimate(run.name, { position: row, id: 'estimate', strict, ...change }).then(
              estimate => (single ? ofOne(plan) : estimate),
              error => {
                if (isRefusal(error)) throw error
                return local()
              }
            )
          : local())
        if (!over) setCounted({ plan, estimate })
      } catch (error) {
        if (!over) setCounted(({ plan }) => ({ ...(plan ? { plan } : {}), problem: messageOf(error) }))
      }
    }
    const timer = setTimeout(() => void count(), quietMs)
    return () => {
      over = true
      clearTimeout(timer)
    }
  }, [book, length, row, changes, strict])
  return counted
}

/** So many characters of questions are read again at each edit. */
const mostRead = 2_000_000

function isLong({ calls, events }: Book): boolean {
  let size = 0
  return calls.all.some(({ row }) => {
    for (const message of list(record(events[row]?.data).messages)) size += contentText(record(message).content).length
    return size > mostRead
  })
}

function ofOne({ calls }: ForkPlan): ForkEstimate {
  const cost = calls.reduce<number | undefined>(
    (sum, { costUsd }) => (sum === undefined || costUsd === undefined ? undefined : sum + costUsd),
    0
  )
  return { reused: 0, calls: calls.length, costUsd: cost === undefined ? null : { low: cost, high: cost } }
}

/** Said of this fork, by the library or by the process that would run it. */
function isRefusal(error: unknown): boolean {
  return error instanceof Error && 'kind' in error && !hasRow(error)
}

/** Said of a row that is no event. */
function hasRow(error: Error): boolean {
  return record((error as { readonly data?: unknown }).data).row !== undefined
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
