/** Lanes for the minimap: each call takes the highest lane that is free when it begins. */

/** More than so many calls at once share the last lane. */
export const maxLanes = 48

export interface Packing {
  /** How many lanes were ever needed at once. */
  readonly lanes: number
  /** The lane of a call that begins now, in milliseconds. */
  open(at: number): number
  close(lane: number, at: number): void
}

export function packing(): Packing {
  /** Until when each lane is taken; Infinity while its call is open. */
  const until: number[] = []
  return {
    get lanes() {
      return until.length
    },
    open(at) {
      let lane = until.findIndex(end => end <= at)
      if (lane < 0) lane = Math.min(until.length, maxLanes - 1)
      until[lane] = Number.POSITIVE_INFINITY
      return lane
    },
    close(lane, at) {
      until[lane] = at
    }
  }
}

/** Round distances, in milliseconds: of a clock where a second is too short. */
const steps = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 3e4, 6e4, 12e4, 3e5, 6e5, 18e5, 36e5]

/** A distance between the marks of a ruler, in milliseconds, so that they stand at least `minPx` apart. */
export function rulerStep(msPerPx: number, minPx: number): number {
  const least = msPerPx * minPx
  if (!(least > 0) || !Number.isFinite(least)) return 1
  const hour = 36e5
  return steps.find(step => step >= least) ?? hour * 2 ** Math.ceil(Math.log2(least / hour))
}

/** What stands at a mark of the ruler: 400 ms, 2 s, 1.5 s, 3:20 min, 2:00 h, 2:00:05 h. */
export function rulerLabel(ms: number, step: number): string {
  const nbsp = '\u00a0'
  if (ms === 0) return `0${nbsp}s`
  if (step < 1000 && ms < 1000) return `${ms}${nbsp}ms`
  if (ms < 60_000 || step < 1000) return `${Number((ms / 1000).toFixed(3))}${nbsp}s`
  if (ms < 3_600_000)
    return `${Math.floor(ms / 60_000)}:${String(Math.floor(ms / 1000) % 60).padStart(2, '0')}${nbsp}min`
  const two = (unit: number): string => String(Math.floor(ms / unit) % 60).padStart(2, '0')
  return `${Math.floor(ms / 3_600_000)}:${two(60_000)}${step < 60_000 ? `:${two(1000)}` : ''}${nbsp}h`
}
