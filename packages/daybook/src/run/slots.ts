/** Places for those who run at once; the rest waits in order. */
export interface Slots {
  /** Undefined where one is free. */
  take(): Promise<void> | undefined
  give(): void
}

export function slotsOf(count: number): Slots {
  const waiting: (() => void)[] = []
  let free = count
  return {
    take() {
      if (free >= 1) {
        free--
        return undefined
      }
      return new Promise(resolve => waiting.push(resolve))
    },
    give() {
      const next = waiting.shift()
      if (next) next()
      else free++
    }
  }
}
