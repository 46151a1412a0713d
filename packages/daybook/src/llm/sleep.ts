/** How a wrapper waits; tests pass their own. */

/** Resolves after so many milliseconds; rejects with the signal's reason as soon as that is aborted. */
export type Sleep = (ms: number, signal?: AbortSignal) => Promise<void>

/** A longer timer would overflow and fire at once. */
const longest = 2 ** 31 - 1

export const sleep: Sleep = (ms, signal) =>
  new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const abort = (): void => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(
      () => {
        signal?.removeEventListener('abort', abort)
        resolve()
      },
      Math.min(ms, longest)
    )
    signal?.addEventListener('abort', abort, { once: true })
  })
