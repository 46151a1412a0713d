/** A running median: two heaps, O(log n) a value. */

export interface Median {
  add(value: number): void
  /** Undefined while there is no value. */
  readonly value: number | undefined
}

export function runningMedian(): Median {
  const low: number[] = [] // the smaller half, negated: its head is the largest
  const high: number[] = [] // the larger half: its head is the smallest
  return {
    add(value) {
      push(low, -value)
      push(high, -(pop(low) as number))
      if (high.length > low.length) push(low, -(pop(high) as number))
    },
    get value() {
      if (low.length === 0) return undefined
      const below = -(low[0] as number)
      return low.length > high.length ? below : (below + (high[0] as number)) / 2
    }
  }
}

/** The median of the first so many values. */
export function medianOf(values: readonly number[], length: number): number | undefined {
  if (length === 0) return undefined
  const sorted = Float64Array.from(values.slice(0, length)).sort()
  const middle = length >> 1
  const upper = sorted[middle] as number
  return length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2
}

function push(heap: number[], value: number): void {
  let at = heap.push(value) - 1
  while (at > 0) {
    const parent = (at - 1) >> 1
    if ((heap[parent] as number) <= value) break
    heap[at] = heap[parent] as number
    at = parent
  }
  heap[at] = value
}

function pop(heap: number[]): number | undefined {
  const head = heap[0]
  const last = heap.pop()
  if (last === undefined || heap.length === 0) return head
  let at = 0
  for (;;) {
    let child = 2 * at + 1
    if (child >= heap.length) break
    if (child + 1 < heap.length && (heap[child + 1] as number) < (heap[child] as number)) child++
    if ((heap[child] as number) >= last) break
    heap[at] = heap[child] as number
    at = child
  }
  heap[at] = last
  return head
}
