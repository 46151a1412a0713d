/** Two ways to keep asynchronous work in order: by lane, and by how much is done at once. */

export interface Lanes {
  /** Does the work after all earlier work of the same lane, whatever became of that. */
  <T>(lane: string, work: () => Promise<T>): Promise<T>
  /** Resolves when nothing is left to do; never rejects. */
  idle(): Promise<void>
}

export function lanes(): Lanes {
  const ends = new Map<string, Promise<unknown>>()
  const enter = <T>(lane: string, work: () => Promise<T>): Promise<T> => {
    const done = (ends.get(lane) ?? Promise.resolve()).then(work, work)
    ends.set(lane, done)
    const leave = (): void => {
      if (ends.get(lane) === done) ends.delete(lane)
    }
    done.then(leave, leave)
    return done
  }
  const idle = async (): Promise<void> => {
    while (ends.size > 0) await Promise.allSettled(ends.values())
  }
  return Object.assign(enter, { idle })
}

/** Does at most so many things at once; the rest waits in order. */
export function gate(places: number): <T>(work: () => Promise<T>) => Promise<T> {
  let free = places
  const waiting: (() => void)[] = []
  return async work => {
    if (free > 0) free--
    else await new Promise<void>(resolve => waiting.push(resolve))
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else free++
    }
  }
}
