import { expect, test } from 'vitest'
import { answered, asked, bookOf, event, text } from './events.fixture.js'
import { groupName } from './groups.js'
import { packing, rulerLabel, rulerStep } from './minimap.js'
import { piecesOf } from './pieces.js'
import { rangeFilter, rangeTotals } from './range.js'
import { type Bar, waterfallOf } from './waterfall.js'
import { linesOf, others } from './waterfall-lines.js'

const barAt = (book: ReturnType<typeof bookOf>, index: number): Bar => waterfallOf(book).bars[index] as Bar
const piecesAt = (book: ReturnType<typeof bookOf>, index: number, now = 1e6) =>
  piecesOf(book, waterfallOf(book), barAt(book, index), now)

test('a bar waits, has its first token, thinks and streams, with its long pauses cut out', () => {
  const stream = { lengths: [4, 4, 4], pauses_ms: [200, 100, 500] }
  const book = bookOf(asked('q', 'a'), answered('a', 'q', { stream, reasoning: 'Hmm.', text: 'Because.' }))
  const pieces = piecesAt(book, 0)
  expect(pieces.list).toEqual([
    { kind: 'wait', from: 0, to: 200 },
    { kind: 'stream', from: 200, to: 1000 }
  ])
  expect(pieces.pauses).toEqual([[300, 800]])
  expect(pieces.label).toBe('1.00\u00a0s')
  expect(pieces.words).toMatch(/^gpt-5-mini finder, waited 200\sms, streamed 800\sms, 1 pause$/)
  const thought = bookOf(asked('q', 'a'), answered('a', 'q', { stream, reasoning: 'Hmm. Yes', text: 'Because.' }))
  expect(piecesAt(thought, 0).list.map(piece => [piece.kind, piece.from, piece.to])).toEqual([
    ['wait', 0, 200],
    ['reasoning', 200, 300],
    ['stream', 300, 1000]
  ])
})

test('at the playhead, a bar is drawn as far as it had come', () => {
  const book = bookOf(asked('q', 'a'), answered('a', 'q'))
  expect(piecesAt(book, 0, 150).list).toEqual([{ kind: 'wait', from: 0, to: 150 }])
  expect(piecesAt(book, 0, 600).list).toEqual([
    { kind: 'wait', from: 0, to: 200 },
    { kind: 'stream', from: 200, to: 600 }
  ])
})

test('a call without an answer is open until now, and streams from its first delta', () => {
  const book = bookOf(asked('q', 'a'))
  expect(piecesAt(book, 0, 700).list).toEqual([{ kind: 'wait', from: 0, to: 700 }])
  book.signal(text('q', 0, 'Because of it.'), book.run.first + 300)
  const pieces = piecesAt(book, 0, 900)
  expect(pieces.live).toBe(true)
  expect(pieces.list.at(-1)).toEqual({ kind: 'stream', from: 300, to: 900 })
})

test('a retry whose time is known stands where it was, with its back-off', () => {
  const book = bookOf(
    asked('q', 'a'),
    event('llm.attempt', 'r', { n: 1, kind: 'rate_limit', wait_ms: 400 }, { at: 300, cause: ['q'] }),
    answered('a', 'q', {}, 1700)
  )
  expect(barAt(book, 0)).toMatchObject({ start: 0, tried: 700, firstAt: 900, end: 1700 })
  expect(piecesAt(book, 0).list).toEqual([
    { kind: 'missed', from: 0, to: 300 },
    { kind: 'backoff', from: 300, to: 700 },
    { kind: 'wait', from: 700, to: 900 },
    { kind: 'stream', from: 900, to: 1700 }
  ])
})

test('retries that were written with the answer share what the back-off left of the wait', () => {
  const book = bookOf(
    asked('q', 'a'),
    event('llm.attempt', 'r', { n: 2, kind: 'overloaded', wait_ms: 400 }, { at: 1000, cause: ['q'] }),
    answered('a', 'q', { first_delta_ms: 600 }, 1000)
  )
  expect(piecesAt(book, 0).list.map(piece => [piece.kind, piece.from, piece.to])).toEqual([
    ['missed', 0, 100],
    ['backoff', 100, 500],
    ['wait', 500, 600],
    ['stream', 600, 1000]
  ])
})

test('a hit saves the time of the answer that was kept, or about the time of such answers', () => {
  const hit = { cached: true, cache: { state: 'hit', key: 'abcdef0123456789' }, latency_ms: 4, first_delta_ms: 1 }
  const book = bookOf(asked('q', 'a'), answered('a', 'q'), asked('p', 'a', 2000), answered('b', 'p', hit, 2004))
  expect(piecesAt(book, 1)).toMatchObject({ savedMs: 996, guessed: false })
  expect(piecesAt(book, 1).list).toEqual([{ kind: 'hit', from: 2000, to: 2004 }])
  const other = { ...hit, cache: { state: 'hit', key: 'ffff' } }
  const guess = bookOf(asked('q', 'a'), answered('a', 'q'), asked('p', 'b', 2000), answered('b', 'p', other, 2004))
  expect(piecesAt(guess, 1)).toMatchObject({ savedMs: 996, guessed: true })
  expect(piecesAt(guess, 1).label).toContain('≈')
})

test('a failure says its status or its kind', () => {
  const failed = (data: Record<string, unknown>) =>
    piecesAt(bookOf(asked('q', 'a'), event('llm.failed', 'f', data, { at: 700, cause: ['q'] })), 0)
  expect(failed({ kind: 'server', status: 503 })).toMatchObject({ code: '503' })
  expect(failed({ kind: 'context_window', latency_ms: 650 })).toMatchObject({ code: 'context window' })
  expect(failed({ kind: 'server' }).list).toEqual([{ kind: 'wait', from: 0, to: 700 }])
})

const object = (id: string, type: string, words: string, cause: readonly string[], at = 0) =>
  event('object.created', `made-${id}`, { id, type, data: { text: words } }, { cause, at })

test('calls belong to the part of the goal that led to them; what joins several is of the goal', () => {
  const goal = 'Should the city buy electric buses?'
  const book = bookOf(
    object('goal', 'Goal', goal, []),
    object('one', 'Question', `${goal} What do they cost?`, ['made-goal']),
    object('two', 'Question', 'How far do they go?', ['made-goal']),
    object('finding', 'Finding', 'Not yet known.', ['made-one']),
    asked('q1', 'a', 10, ['made-finding']),
    asked('q2', 'b', 10, ['made-two']),
    answered('a1', 'q1'),
    event('tool.called', 't', { name: 'search', call_id: 'c' }, { at: 1100, cause: ['a1'] }),
    answered('a2', 'q2'),
    asked('q3', 'c', 2000, ['a1', 'a2']),
    object('end', 'Synthesis', 'All of it.', ['made-finding'], 2100),
    event('relation.created', 'r', { id: 'r', type: 'answers', source_id: 'end', target_id: 'goal' }, { at: 2100 }),
    asked('q4', 'd', 2200, ['made-end'])
  )
  const { groups } = waterfallOf(book)
  expect(groups.map(group => [groupName(book, group), group.bars, group.text])).toEqual([
    ['Question 1', [0, 2], '… What do they cost?'],
    ['Question 2', [1], 'How far do they go?'],
    ['Goal', [3], goal],
    ['Synthesis', [4], 'All of it.']
  ])
})

test('calls of a dialog belong to it, and calls without a cause to who asked', () => {
  const book = bookOf(
    event('llm.request', 'q', { model: 'm', dialog_id: 'd', messages: [{ role: 'user', content: 'Hello there' }] }),
    event('llm.request', 'p', { model: 'm' }, { actor: 'app' })
  )
  expect(waterfallOf(book).groups.map(group => [groupName(book, group), group.text])).toEqual([
    ['Dialog', 'Hello there'],
    ['app', '']
  ])
})

test('the index takes in what was added since, and reads hostile events without harm', () => {
  const book = bookOf(asked('q', 'a'))
  expect(waterfallOf(book).bars).toHaveLength(1)
  book.add(answered('a', 'q'))
  for (const item of [
    null,
    7,
    { type: 'llm.request', id: '__proto__', data: { model: 5, dialog_id: 9, messages: 'x' }, cause: ['__proto__'] },
    { type: 'llm.response', id: 'x', data: { latency_ms: -5, stream: { lengths: 3 } }, cause: ['__proto__'] },
    { type: 'object.created', id: 'o', data: { id: 'constructor', data: [] }, timestamp: 'never' },
    { type: 'tool.called', id: 't', data: {}, cause: ['o'] }
  ]) {
    book.add(item)
  }
  const waterfall = waterfallOf(book)
  expect(waterfall.bars.map(bar => bar.endRow)).toEqual([1, 5, -1])
  for (let index = 0; index < 3; index++) expect(piecesAt(book, index).words).not.toContain('NaN')
  expect(waterfall.end).toBe(1000)
})

test('the lines are groups with their bars, folded or not, and what else happened', () => {
  const book = bookOf(
    event('llm.request', 'q', { model: 'm' }, { actor: 'one' }),
    event('llm.request', 'p', { model: 'm' }, { actor: 'two' }),
    event('llm.request', 'r', { model: 'm' }, { actor: 'one' }),
    event('kit.loaded', 'k')
  )
  const waterfall = waterfallOf(book)
  const show = (folded: ReadonlySet<string>): string[] => {
    const lines = linesOf(waterfall, folded)
    return Array.from({ length: lines.count }, (_, at) => {
      const line = lines.at(at)
      if (line?.kind === 'bar') expect(lines.ofBar(line.bar)).toBe(at)
      if (line?.kind === 'group') expect(lines.ofGroup(line.group)).toBe(at)
      return line?.kind === 'bar' ? `${line.bar.row}` : line?.kind === 'group' ? line.group.id : (line?.kind ?? '?')
    })
  }
  expect(show(new Set())).toEqual(['one', '0', '2', 'two', '1', 'others', 'ticks'])
  expect(show(new Set(['actor one', others]))).toEqual(['one', 'two', '1', 'others'])
  expect(linesOf(waterfall, new Set(['actor one'])).ofBar(waterfall.bars[2] as Bar)).toBe(0)
})

test('over the whole run, the range says what the totals say; within it, times are cut and tokens are not', () => {
  const hit = { cached: true, cache: { state: 'hit' }, latency_ms: 4, first_delta_ms: 1, cost_usd: 0 }
  const book = bookOf(
    asked('q', 'a'),
    answered('a', 'q', { reasoning: 'Hm' }),
    event('tool.called', 't', { name: 'search', call_id: 'c' }, { at: 1000, cause: ['a'] }),
    event('tool.returned', 'u', { name: 'search', call_id: 'c', result: 1 }, { at: 1500, cause: ['t'] }),
    asked('p', 'b', 2000),
    answered('b', 'p', hit, 2004),
    asked('o', 'c', 3000),
    event('llm.failed', 'f', { kind: 'server', latency_ms: 500 }, { at: 3500, cause: ['o'] })
  )
  const waterfall = waterfallOf(book)
  const all = rangeTotals(waterfall, book, book, 3500, { from: 0, to: 3500 })
  const { calls, tools, inputTokens, outputTokens, spentUsd } = book.totals
  expect(all).toMatchObject({ llm: calls, tools })
  expect(all.sum).toMatchObject({ inputTokens, outputTokens, usd: spentUsd, waitMs: 701, streamMs: 803, toolMs: 500 })
  expect(all.rows.map(row => [row.name, row.calls])).toEqual([
    ['gpt-5-mini', 3],
    ['search', 1]
  ])
  const part = rangeTotals(waterfall, book, book, 3500, { from: 100, to: 600 })
  expect(part.sum).toMatchObject({ calls: 1, outputTokens: 40, tokensPerSecond: 50, waitMs: 100, streamMs: 400 })
  expect(part.atOnce).toBe(1)
  // Before its answer, a call has streamed but counts no tokens.
  const then = book.at(1, 600)
  expect(rangeTotals(waterfall, book, then, 600, { from: 0, to: 3500 }).sum).toMatchObject({
    calls: 1,
    outputTokens: 0,
    usd: null,
    streamMs: 400
  })
  expect(rangeFilter(book, 'type:llm.* after:#9', 900, 1600)).toBe('type:llm.* after:#1 before:#5')
})

test('lanes are taken from the top and given back', () => {
  const lanes = packing()
  expect([lanes.open(0), lanes.open(0)]).toEqual([0, 1])
  lanes.close(0, 100)
  expect([lanes.open(100), lanes.lanes]).toEqual([0, 2])
})

test('a ruler has round steps and short labels', () => {
  expect([rulerStep(1, 90), rulerStep(100, 90), rulerStep(1e6, 90), rulerStep(Number.NaN, 90)]).toEqual([
    100,
    1e4,
    36e5 * 32,
    1
  ])
  expect([rulerLabel(0, 100), rulerLabel(400, 100), rulerLabel(1500, 500), rulerLabel(200_000, 2e4)]).toEqual([
    '0\u00a0s',
    '400\u00a0ms',
    '1.5\u00a0s',
    '3:20\u00a0min'
  ])
  expect([rulerLabel(36e5, 1000), rulerLabel(3_605_000, 1000)]).toEqual(['1:00:00\u00a0h', '1:00:05\u00a0h'])
  expect(rulerLabel(72e5, 6e5)).toBe('2:00\u00a0h')
})
