import { beforeAll, expect, test } from 'vitest'
import { answered, asked, bookOf, event } from '../model/events.fixture.js'
import { createFiltering, type Filtered, loadFilter } from './filtering.js'

const endless = 1e9

beforeAll(async () => void (await loadFilter()))

function filtered(...events: readonly unknown[]): Filtered & { readonly book: ReturnType<typeof bookOf> } {
  return { book: bookOf(...events), visible: undefined }
}

test('a long ledger is filtered in slices, and what was found so far is there', () => {
  const run = filtered(...Array.from({ length: 500 }, (_, at) => event('tick', `t${at}`)))
  const filtering = createFiltering('id:t1')
  filtering.start(run)
  let slices = 0
  let last = 0
  while (filtering.step(run, -1)) {
    slices++
    expect(run.visible?.length).toBeGreaterThanOrEqual(last)
    last = run.visible?.length ?? 0
    expect(filtering.seen).toBe(slices * 32)
  }
  expect(slices).toBeGreaterThan(10)
  expect(run.visible).toHaveLength(111)
})

test('events that arrive are looked at, and no row twice', () => {
  const run = filtered(asked('q1', 'winter?'))
  const filtering = createFiltering('type:llm.request')
  filtering.start(run)
  filtering.step(run, endless)
  run.book.add(asked('q2', 'summer?'))
  filtering.step(run, endless)
  filtering.step(run, endless)
  expect(run.visible).toEqual([0, 1])
})

test('a request appears or goes when its answer tells more of it', () => {
  const run = filtered(asked('q1', 'a'), asked('q2', 'b'), asked('q3', 'c'))
  for (const [filter, before, after] of [
    ['cache:miss type:llm.request', [], [1]],
    ['-cache:miss type:llm.request', [0, 1, 2], [0, 2]]
  ] as const) {
    const now = filtered(...run.book.events)
    const filtering = createFiltering(filter)
    filtering.start(now)
    filtering.step(now, endless)
    expect(now.visible).toEqual(before)
    now.book.add(answered('a2', 'q2'))
    filtering.step(now, endless)
    expect(now.visible).toEqual(after)
  }
})

test('without a filter nothing is listed', () => {
  const run = filtered(asked('q1', 'a'))
  const filtering = createFiltering(' ')
  filtering.start(run)
  expect(filtering.step(run, endless)).toBe(false)
  expect(run.visible).toBeUndefined()
  expect(filtering.seen).toBeUndefined()
})
