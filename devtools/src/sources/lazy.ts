/** A source whose code is loaded when it is first asked: the page's first script stays small. */
import type { DevtoolsSource } from '../model/source.js'

export function lazySource(
  shown: Pick<DevtoolsSource, 'label' | 'kind' | 'asksWho' | 'noVerify'>,
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
    async fork(name, request, hooks) {
      const source = await load()
      if (!source.fork) throw new Error(source.noFork ?? 'This source can only be read.')
      await source.fork(name, request, hooks)
    },
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
