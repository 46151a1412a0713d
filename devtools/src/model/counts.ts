/** How many events of each family there are. */
import type { Family } from './family.js'

export type FamilyCount = Readonly<Record<Family | 'cache', number>>

export interface CountFold {
  readonly now: FamilyCount
  add(family: Family, hit: boolean): void
  /** The counts of the first so many events. */
  at(families: readonly Family[], hits: number, length: number): FamilyCount
}

/** A copy is kept each so many events: what lies between is counted again. */
const markEvery = 1024

export function countFold(): CountFold {
  const now = { request: 0, response: 0, tool: 0, cache: 0, world: 0, branch: 0, error: 0, other: 0 }
  const marks: (typeof now)[] = []
  let length = 0
  return {
    now,
    add(family, hit) {
      if (length++ % markEvery === 0) marks.push({ ...now })
      now[family]++
      if (hit) now.cache++
    },
    at(families, hits, end) {
      const mark = Math.min(marks.length - 1, Math.floor(end / markEvery))
      const then = { ...(marks[mark] ?? now), cache: hits }
      for (const family of families.slice(Math.max(0, mark) * markEvery, end)) then[family]++
      return then
    }
  }
}
