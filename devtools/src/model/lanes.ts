/**
 * Flight lanes: each call holds a lane from its request to its answer, so that what runs at once and who answers whom
 * is seen without a graph. One mask a row, O(1) an event.
 */

export const laneCount = 6

export type LaneMark = 'none' | 'open' | 'close' | 'tick'

export interface Lanes {
  /** By row: bit i is set where lane i runs through, begins or ends. */
  readonly masks: readonly number[]
  /** By row: the lane of the row's own mark, or -1. */
  readonly nodes: readonly number[]
  readonly marks: readonly LaneMark[]
  /** By row: how many calls run beside the six lanes. */
  readonly overs: readonly number[]
  /** What runs on below the last row. */
  readonly openMask: number
}

export interface LaneFold extends Lanes {
  /** A row that begins nothing and ends nothing. */
  pass(): void
  /** A row that begins a call. Gives the call's lane, or -1 when all six are taken. */
  open(): number
  close(lane: number): void
  tick(lane: number): void
}

export function laneFold(): LaneFold {
  const masks: number[] = []
  const nodes: number[] = []
  const marks: LaneMark[] = []
  const overs: number[] = []
  let open = 0
  let over = 0

  const row = (mask: number, node: number, mark: LaneMark): void => {
    masks.push(mask)
    nodes.push(node)
    marks.push(mark)
    overs.push(over)
  }

  return {
    masks,
    nodes,
    marks,
    overs,
    get openMask() {
      return open
    },
    pass: () => row(open, -1, 'none'),
    open() {
      let lane = 0
      while (lane < laneCount && open & (1 << lane)) lane++
      if (lane === laneCount) {
        over++
        row(open, -1, 'none')
        return -1
      }
      open |= 1 << lane
      row(open, lane, 'open')
      return lane
    },
    close(lane) {
      if (lane < 0) {
        over = Math.max(0, over - 1)
        row(open, -1, 'none')
        return
      }
      row(open | (1 << lane), lane, 'close')
      open &= ~(1 << lane)
    },
    tick: lane => row(open, lane, lane < 0 ? 'none' : 'tick')
  }
}
