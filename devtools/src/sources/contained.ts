/**
 * A source of the page, as the panel meets it: what it throws becomes what the panel says of it, and what the panel fails
 * at while it is told something never goes back into the page's own code.
 */
import type { DevtoolsSource, LedgerFollower, SourceStatus } from '../model/source.js'

const lost = (error: unknown): SourceStatus => ({ state: 'lost', message: `The source failed: ${wordsOf(error)}` })

export function contained(source: DevtoolsSource): DevtoolsSource {
  const own: Pick<DevtoolsSource, 'watch' | 'follow'> = {
    watch: (listener, onStatus) =>
      attempt(
        // A copy: whoever reads it later finds no getter of the page's.
        () =>
          source.watch(
            careful(ledgers => listener(ledgers.map(info => ({ ...info }))), onStatus),
            onStatus
          ),
        onStatus
      ),
    follow(name, follower) {
      const state = follower.state?.bind(follower)
      const careless: LedgerFollower = {
        events: careful((from, events) => follower.events(from, events), state),
        signals: careful(signals => follower.signals(signals), state),
        reset: careful(() => follower.reset?.(), state),
        state: status => state?.(status)
      }
      return attempt(() => source.follow(name, careless), state)
    }
  }
  return new Proxy(source, {
    get(target, name) {
      if (name === 'watch' || name === 'follow') return own[name]
      const value: unknown = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    }
  })
}

type Tell = ((status: SourceStatus) => void) | undefined

function careful<Args extends unknown[]>(call: (...args: Args) => void, tell: Tell): (...args: Args) => void {
  return (...args) => {
    try {
      call(...args)
    } catch (error) {
      tell?.(lost(error))
    }
  }
}

/** Begins what ends with a function. */
function attempt(begin: () => () => void, tell: Tell): () => void {
  let end: (() => void) | undefined
  careful(() => {
    end = begin()
  }, tell)()
  return careful(() => end?.(), undefined)
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
