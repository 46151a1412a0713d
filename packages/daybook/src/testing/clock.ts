/** A clock that stands still until a test moves it, so that nothing has to be waited for. */

export interface FakeClock {
  /** Milliseconds since 1970. */
  now(): number
  /** Resolves once the clock has been moved so far; rejects with the signal's reason when that is aborted first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  /** Moves the clock, waking sleepers in the order of their time and letting each do its work before the next. */
  advance(ms: number): Promise<void>
  /** Moves the clock from sleeper to sleeper until the promise has settled, and gives its outcome. */
  finish<T>(promise: PromiseLike<T>): Promise<T>
  /** How many sleep. */
  readonly sleeping: number
}

interface Sleeper {
  readonly at: number
  wake(): void
}

/** @param start Milliseconds since 1970; by default the first of January 2026, 0:00 UTC. */
export function fakeClock(start: number = Date.UTC(2026, 0, 1)): FakeClock {
  let time = start
  const sleepers = new Set<Sleeper>()

  const next = (): Sleeper | undefined => {
    let first: Sleeper | undefined
    for (const sleeper of sleepers) if (!first || sleeper.at < first.at) first = sleeper
    return first
  }
  const wakeUntil = async (end: number): Promise<void> => {
    await settled()
    for (let sleeper = next(); sleeper && sleeper.at <= end; sleeper = next()) {
      time = Math.max(time, sleeper.at)
      sleeper.wake()
      await settled()
    }
  }

  return {
    now: () => time,
    sleep: (ms, signal) =>
      new Promise<void>((resolve, reject) => {
        const sleeper: Sleeper = {
          at: time + Math.max(0, ms),
          wake: () => {
            leave()
            resolve()
          }
        }
        const abort = (): void => {
          leave()
          reject(signal?.reason)
        }
        const leave = (): void => {
          sleepers.delete(sleeper)
          signal?.removeEventListener('abort', abort)
        }
        if (signal?.aborted) return reject(signal.reason)
        signal?.addEventListener('abort', abort, { once: true })
        sleepers.add(sleeper)
      }),
    advance: async ms => {
      const end = time + ms
      await wakeUntil(end)
      time = end
    },
    finish: async promise => {
      let open = true
      const close = (): void => {
        open = false
      }
      promise.then(close, close)
      await settled()
      while (open) {
        const sleeper = next()
        // With nobody asleep the promise waits for something real, such as a socket: let that happen.
        if (sleeper) await wakeUntil(sleeper.at)
        else await settled()
      }
      return promise
    },
    get sleeping() {
      return sleepers.size
    }
  }
}

/** One task later: every promise that could go on has gone on. */
function settled(): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, 0))
}
