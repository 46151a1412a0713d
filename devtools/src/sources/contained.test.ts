import { expect, test } from 'vitest'
import type { DevtoolsSource, LedgerFollower, SourceStatus } from '../model/source.js'
import { contained } from './contained.js'

const refuse = (): never => {
  throw new Error('no')
}
const lost = { state: 'lost', message: 'The source failed: no' }

/** A source with a private field, as a class of somebody's may be. */
class Theirs implements DevtoolsSource {
  readonly kind = 'page'
  #told = 0
  get label(): string {
    return `told ${this.#told}`
  }
  watch(listener: Parameters<DevtoolsSource['watch']>[0]): () => void {
    this.#told++
    listener([{ name: 'run:8', length: 0, created: '', updated: '' }])
    return () => {}
  }
  follow(): () => void {
    this.#told++
    return () => {}
  }
  async verify(): Promise<never> {
    throw new Error(this.label)
  }
}

const follower = (seen: SourceStatus[], events: LedgerFollower['events'] = () => {}): LedgerFollower => ({
  events,
  signals() {},
  state: status => void seen.push(status)
})

test('what a source throws when it is begun is a status, and its end does nothing', () => {
  const seen: SourceStatus[] = []
  const source = contained({ label: 'x', kind: 'page', watch: refuse, follow: refuse })
  source.watch(
    () => {},
    status => void seen.push(status)
  )()
  source.follow('run:8', follower(seen))()
  expect(seen).toEqual([lost, lost])
})

test('what the panel throws while it is told of events does not come back to who tells', () => {
  const seen: SourceStatus[] = []
  let told: LedgerFollower | undefined
  const source = contained({
    label: 'x',
    kind: 'page',
    watch: () => () => {},
    follow(_name, theirs) {
      told = theirs
      return refuse
    }
  })
  const end = source.follow('run:8', follower(seen, refuse))
  told?.events(0, [])
  expect(seen).toEqual([lost])
  end()
})

test('a list that cannot be read is a status too', () => {
  const seen: SourceStatus[] = []
  const info = Object.defineProperty({ length: 0 }, 'name', { get: refuse, enumerable: true })
  const source = contained({
    label: 'x',
    kind: 'page',
    watch(listener) {
      listener([info as never])
      return () => {}
    },
    follow: () => () => {}
  })
  source.watch(
    () => {},
    status => void seen.push(status)
  )
  expect(seen).toEqual([lost])
})

test('everything else of the source is as it was, private fields included', async () => {
  const source = contained(new Theirs())
  const names: string[] = []
  source.watch(ledgers => void names.push(...ledgers.map(({ name }) => name)))
  source.follow('run:8', follower([]))
  expect(names).toEqual(['run:8'])
  expect(source.label).toBe('told 2')
  expect(source.fork).toBeUndefined()
  await expect(source.verify?.('run:8')).rejects.toThrow('told 2')
})
