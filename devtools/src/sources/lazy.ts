/** A source whose code is loaded when it is first asked: the page's first script stays small. */
import type { DevtoolsSource } from '../model/source.js'

export function lazySource(
  shown: Pick<DevtoolsSource, 'label' | 'kind'>,
  load: () => Promise<DevtoolsSource>
): DevtoolsSource {
  const once = (begin: (source: DevtoolsSource) => () => void, failed: (message: string) => void): (() => void) => {
    let ended = false
    let end: (() => void) | undefined
    load().then(
      source => {
        if (!ended) end = begin(source)
      },
      (error: unknown) => {
        if (!ended) failed(error instanceof Error ? error.message : String(error))
      }
    )
    return () => {
      ended = true
      end?.()
    }
  }
  return {
    ...shown,
    watch: (listener, onStatus) =>
      once(
        source => source.watch(listener, onStatus),
        message => onStatus?.({ state: 'lost', message })
      ),
    follow: (name, follower) =>
      once(
        source => source.follow(name, follower),
        message => follower.state?.({ state: 'lost', message })
      )
  }
}
