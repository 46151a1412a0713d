import { expect, test } from 'vitest'
import { createBook } from './book.js'
import { answered, asked, bookOf, event } from './events.fixture.js'
import { lengthAt } from './playhead.js'

const long = Array.from({ length: 1100 }, (_, i) => [
  asked(`q${i}`, 'Why?', i * 10),
  ...(i % 7 === 0 ? [event('llm.attempt', `t${i}`, { attempt: 1 }, { at: i * 10 + 2, cause: [`q${i}`] })] : []),
  answered(`a${i}`, `q${i}`, { latency_ms: (i * 37) % 101, cost_usd: i % 3 === 0 ? null : 0.001 }, i * 10 + 5)
]).flat()

/** What can be compared: functions by what they say. */
function told(book: ReturnType<typeof createBook>, length: number) {
  const at = book.at(length)
  const { add: _add, at: _at, signal: _signal, ...fields } = at as typeof book
  const rows = Array.from({ length: at.events.length }, (_, row) => row)
  return {
    ...fields,
    lanes: { open: at.lanes.openMask },
    objects: at.objects.count,
    calls: { all: at.calls.all, open: [...at.calls.open.values()], byRow: at.calls.byRow },
    ends: at.calls.all.map(call => at.calls.byId(call.id)?.end),
    causes: rows.map(row => at.causes.effectsOf(row)),
    streams: at.streams.live.size
  }
}

test('the book at any place is the book of the events before it', () => {
  const whole = bookOf(...long)
  for (const length of [0, 1, 2, 3, 17, 1023, 1024, 1025, 2047, 2048, 2049, long.length - 1]) {
    const alone = bookOf(...long.slice(0, length))
    const { actorLength: _a, startedAt: _s, ...then } = told(whole, length)
    const { actorLength: _b, startedAt: _t, ...expected } = told(alone, length)
    if (length === 0) {
      expect(then.events).toEqual([])
      expect(then.totals).toEqual(expected.totals)
    } else expect({ ...then, objects: 0 }).toEqual({ ...expected, objects: 0 })
  }
  expect(whole.at(long.length)).toBe(whole)
})

test('a call that was open is open, whatever came of it', () => {
  const book = bookOf(asked('q', 'Why?'), answered('a', 'q', {}, 800), asked('r', 'And?', 900))
  const then = book.at(1)
  expect(then.calls.open.get('q')?.end).toBe(-1)
  expect(then.calls.ofRow(0)?.end).toBe(-1)
  expect(then.calls.byId('r')).toBeUndefined()
  expect(then.causes.rowOf('a')).toBeUndefined()
  expect(book.calls.ofRow(0)?.end).toBe(1)
})

test('what streamed is seen as far as it had come', () => {
  const stream = { lengths: [4, 5, 6], pauses_ms: [100, 200, 300] }
  const data = { text: 'Four five sixes', latency_ms: 700, first_delta_ms: 100, stream }
  const book = bookOf(asked('q', 'Why?'), answered('a', 'q', data, 700))
  expect(book.at(1, 50).streams.live.size).toBe(0)
  expect(book.at(1, 100).streams.live.get('q')?.text).toBe('Four')
  expect(book.at(1, 450).streams.live.get('q')).toMatchObject({ text: 'Four five', deltas: 2 })
  expect(book.at(1, 699).streams.live.get('q')?.text).toBe('Four five sixes')
})

test('a time has the events that had happened by then', () => {
  expect(lengthAt([0, 10, 10, 30], 10)).toBe(3)
  expect(lengthAt([0, 10, 10, 30], 9.9)).toBe(1)
  expect(lengthAt([0, 10], -1)).toBe(0)
  expect(lengthAt([0, 10], 99)).toBe(2)
  expect(lengthAt(createBook('run:1').times, 5)).toBe(0)
})
