/** Lists in order, asked by halves. */

/** How many items hold, from the first on: those that do stand before those that do not. */
export function leading<T>(items: readonly T[], holds: (item: T) => boolean): number {
  let low = 0
  let high = items.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (holds(items[middle] as T)) low = middle + 1
    else high = middle
  }
  return low
}

/** How many of these numbers are below the value. */
export function below(sorted: readonly number[], value: number): number {
  return leading(sorted, number => number < value)
}

/** The place of a number, or -1. */
export function indexOf(sorted: readonly number[], value: number): number {
  const at = below(sorted, value)
  return sorted[at] === value ? at : -1
}
