import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { BookFold } from '../model/book.js'
import { asked, bookOf, event } from '../model/events.fixture.js'
import { tookMs } from '../model/run.js'
import { createPlayback } from './playback.js'

let frames: ((now: number) => void)[] = []
beforeEach(() => {
  frames = []
  vi.stubGlobal('requestAnimationFrame', (call: (now: number) => void) => frames.push(call))
  vi.stubGlobal('cancelAnimationFrame', () => void frames.splice(0))
})
afterEach(() => void vi.unstubAllGlobals())

/** Plays to the end; returns how many events were shown after each frame, and the time, which is always a number. */
function played(book: BookFold, skipWaits: boolean): number[] {
  let length: number | undefined
  const seen: number[] = []
  const playback = createPlayback({
    book: () => book,
    length: () => length ?? book.events.length,
    seek(to, ms) {
      length = to !== undefined && to < book.events.length ? to : undefined
      playback.moved(ms)
      seen.push(length ?? book.events.length)
      expect(Number.isFinite(playback.ms)).toBe(true)
      book.at(length ?? book.events.length, ms)
    },
    changed() {}
  })
  playback.setSkipWaits(skipWaits)
  playback.play()
  let now = performance.now()
  for (let i = 0; i < 2000 && playback.playing; i++) {
    now += 16
    frames.shift()?.(now)
  }
  expect(playback.playing).toBe(false)
  return seen
}

const untimed = (id: string): unknown => ({ ...event('object.created', id), timestamp: 'never' })
const runs: [string, unknown[], number][] = [
  ['as it was', [asked('a', ''), asked('b', '', 400), asked('c', '', 900)], 900],
  ['the last event has no time', [asked('a', ''), asked('b', '', 400), untimed('c')], 400],
  ['the first event has no time', [untimed('c'), asked('a', ''), asked('b', '', 400)], 400],
  [
    'most events have no time',
    [asked('a', ''), untimed('b'), untimed('c'), asked('d', '', 300), untimed('e'), untimed('f')],
    300
  ],
  ['no event has a time', [untimed('a'), untimed('b'), untimed('c')], Number.NaN],
  ['the clock went back', [asked('a', ''), asked('b', '', 900), asked('c', '', 100), asked('d', '', 300)], 900],
  ['all comes before the first', [asked('a', '', 5000), asked('b', ''), asked('c', '', 400)], 0]
]
for (const [what, events, total] of runs) {
  test(`plays to its end, with a total: ${what}`, () => {
    const book = bookOf(...events)
    expect(tookMs(book, 0, false)).toBe(total)
    for (const skip of [true, false]) {
      const seen = played(book, skip)
      expect(seen.at(-1)).toBe(events.length)
      expect(seen).toEqual(seen.toSorted((a, b) => a - b))
    }
  })
}

test('an event without a time stands where the one before it does', () => {
  const book = bookOf(asked('a', ''), asked('b', '', 400), untimed('c'), asked('d', '', 100), asked('e', '', 900))
  let shown: [number | undefined, number | undefined] | undefined
  const playback = createPlayback({
    book: () => book,
    length: () => 1,
    seek: (...to) => {
      shown = to as typeof shown
    },
    changed() {}
  })
  playback.seekTime(399)
  expect(shown).toEqual([1, 399])
  playback.seekTime(400)
  expect(shown).toEqual([4, 400])
  playback.moved(undefined)
  expect(playback.ms).toBe(900)
})
