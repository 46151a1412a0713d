/** Stores may answer at once or by a promise; what answers at once is not made to wait. */
import type { Awaitable } from './store.js'

export function isPromise<T>(value: Awaitable<T>): value is Promise<T> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function'
}

/** Does both, the second also when the first fails; then fails as the first that failed did. */
export function both(first: () => Awaitable<void>, second: () => Awaitable<void>): Awaitable<void> {
  const done = [attempt(first), attempt(second)]
  return done.some(isPromise) ? Promise.all(done).then(raise) : raise(done as Outcome[])
}

/** What was thrown, in a box: anything can be thrown. */
type Outcome = { readonly thrown: unknown } | undefined

/** Never throws and never rejects. */
export function attempt(action: () => Awaitable<void>): Awaitable<Outcome> {
  const failed = (thrown: unknown): Outcome => ({ thrown })
  try {
    const done = action()
    return isPromise(done) ? done.then(() => undefined, failed) : undefined
  } catch (thrown) {
    return failed(thrown)
  }
}

function raise(outcomes: readonly Outcome[]): void {
  for (const outcome of outcomes) if (outcome) throw outcome.thrown
}
