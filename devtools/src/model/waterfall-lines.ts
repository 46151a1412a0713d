/** The lines of the waterfall from top to bottom, without a list of them: groups, their bars, and what else happened. */
import type { Group } from './groups.js'
import { below } from './sorted.js'
import type { Bar, Ticks, Waterfall } from './waterfall.js'

export type Line =
  | { readonly kind: 'group'; readonly group: Group; readonly open: boolean }
  | { readonly kind: 'bar'; readonly bar: Bar; readonly place: number }
  | { readonly kind: 'others'; readonly open: boolean }
  | { readonly kind: 'ticks'; readonly ticks: Ticks }

export interface Lines {
  readonly count: number
  at(line: number): Line | undefined
  ofGroup(group: Group): number
  /** The line of the bar, or of its group where that is folded. */
  ofBar(bar: Bar): number
}

/** The key of the events that are no calls among what can be folded. */
export const others = 'others'

export function linesOf(waterfall: Waterfall, folded: ReadonlySet<string>): Lines {
  const { groups, bars } = waterfall
  const starts: number[] = []
  let next = 0
  for (const group of groups) {
    starts.push(next)
    next += 1 + (folded.has(group.key) ? 0 : group.bars.length)
  }
  const rest = next
  const ticks = waterfall.ticks.filter(({ rows }) => rows.length > 0)
  const open = !folded.has(others)
  const count = rest + (ticks.length === 0 ? 0 : 1 + (open ? ticks.length : 0))
  return {
    count,
    ofGroup: group => starts[group.order] ?? -1,
    ofBar(bar) {
      const start = starts[bar.group.order] ?? -1
      return folded.has(bar.group.key) ? start : start + 1 + place(bar.group.bars, bar.index)
    },
    at(line) {
      if (line < 0 || line >= count) return undefined
      if (line >= rest) {
        const tick = ticks[line - rest - 1]
        return tick ? { kind: 'ticks', ticks: tick } : { kind: 'others', open }
      }
      const group = groups[place(starts, line + 1) - 1] as Group
      const at = line - (starts[group.order] as number) - 1
      if (at < 0) return { kind: 'group', group, open: !folded.has(group.key) }
      return { kind: 'bar', bar: bars[group.bars[at] as number] as Bar, place: at }
    }
  }
}

/** How many of these, which are in order, are below the value. */
export const place: (sorted: readonly number[], value: number) => number = below
