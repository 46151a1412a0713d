import { afterEach, expect, test, vi } from 'vitest'
import { event } from '../model/events.fixture.js'
import type { LedgerFollower } from '../model/source.js'
import { createBooks, maxEvents } from './books.js'
import type { RunEntry } from './panel.js'

afterEach(() => void vi.useRealTimers())

/** A run whose source does as the test says. */
function run(name: string, length: number) {
  const followers = new Set<LedgerFollower>()
  const source = {
    label: 'test',
    kind: 'page',
    watch: () => () => {},
    follow(_name: string, follower: LedgerFollower) {
      followers.add(follower)
      return () => void followers.delete(follower)
    }
  }
  const entry = { key: `1 ${name}`, source: { source }, info: { name, length, created: '', updated: '' } }
  const give = (from: number, to: number): void => {
    const events = Array.from({ length: to - from }, (_, at) => event('object.created', `e${from + at}`))
    for (const follower of followers) follower.events(from, events)
  }
  return { entry: entry as unknown as RunEntry, key: entry.key, followers, give }
}

test('a run is read to its end, and followed while it is kept', () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const books = createBooks()
  const { entry, key, followers, give } = run('run:1', 300)
  books.keep([entry])
  expect(books.get(key)).toMatchObject({ state: 'loading', expected: 300 })
  give(0, 200)
  give(150, 300) // repeated after a reconnect
  vi.advanceTimersByTime(100)
  expect(books.get(key)).toMatchObject({ state: 'ready', message: undefined })
  expect(books.get(key)?.book.events).toHaveLength(300)
  give(300, 301)
  vi.advanceTimersByTime(100)
  expect(books.get(key)?.book.events).toHaveLength(301)
  books.keep([])
  expect([followers.size, books.get(key)]).toEqual([0, undefined])
})

test('a book at rest is there again, and goes on where it was', () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const books = createBooks()
  const { entry, key, followers, give } = run('run:1', 2)
  books.keep([entry])
  give(0, 2)
  vi.advanceTimersByTime(100)
  books.rest()
  expect(followers.size).toBe(0)
  books.keep([entry])
  give(0, 3)
  vi.advanceTimersByTime(100)
  expect(books.get(key)?.book.events).toHaveLength(3)
})

test('a source that gives no sign of life is not waited for', () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const books = createBooks()
  const { entry, key, followers, give } = run('run:1', 10)
  let heard = 0
  books.subscribe(() => heard++)
  books.keep([entry])
  vi.advanceTimersByTime(14_000)
  give(0, 5)
  vi.advanceTimersByTime(14_000)
  expect(books.get(key)?.state).toBe('loading')
  vi.advanceTimersByTime(2000)
  expect(books.get(key)).toMatchObject({ state: 'failed', message: expect.stringContaining('run:1 gave no event') })
  expect([followers.size, heard]).toEqual([0, 2])
})

test('a run that is too long is not read at all; one without events is there at once', () => {
  const books = createBooks()
  const [long, empty] = [run('run:1', maxEvents + 1), run('run:2', 0)]
  books.keep([long.entry, empty.entry])
  expect(books.get(long.key)).toMatchObject({ state: 'failed', message: expect.stringContaining('too many') })
  expect(books.get(empty.key)?.state).toBe('ready')
  expect([long.followers.size, empty.followers.size]).toEqual([0, 0])
})
