import { expect, test } from 'vitest'
import { budgetAt } from './budget.js'
import { answersOf, bucketsOf, costOf, growthOf, modelsOf, nearest, ticksOf } from './cost.js'
import { answered, asked, bookOf, event } from './events.fixture.js'

const made = (id: string, type: string, cause: readonly string[] = []) =>
  event('object.created', `o-${id}`, { id, type }, { cause })

const run = [
  event('kit.loaded', 'k', { name: 'council', budget: { maxCostUsd: 0.05 } }),
  made('goal', 'Goal', ['k']),
  made('q1', 'Question', ['o-goal']),
  made('q2', 'Question', ['o-goal']),
  made('f1', 'Finding', ['o-q1']),
  asked('r1', 'a', 0, ['o-f1']),
  asked('r2', 'b', 0, ['o-q2']),
  asked('r3', 'c', 0, ['o-q2']),
  answered('a1', 'r1', { cost_usd: 0.01, price_date: '2026-08-01' }, 1000),
  answered('a2', 'r2', { cost_usd: 0, saved_usd: 0.004, cached: true, latency_ms: 1, model: 'gpt-5' }, 1500),
  answered('a3', 'r3', { cost_usd: null, latency_ms: 9000 }, 9000),
  event('llm.request', 'r4', { model: 'gpt-5', messages: [] }, { at: 9000, cause: ['a1'], actor: 'research.writer' }),
  answered('a4', 'r4', { cost_usd: 0.02, model: 'gpt-5', estimated: true, latency_ms: 500 }, 9500)
]

test('the figures are those of the totals, at every place of the playhead', () => {
  const book = bookOf(...run)
  // Forward, and back: both ways are played.
  const places = Array.from({ length: run.length + 1 }, (_, length) => length)
  for (const length of [...places, ...places.toReversed()]) {
    const { totals } = book.at(length)
    const { total, model, actor, cause } = costOf(book, length)
    for (const key of Object.keys(total) as (keyof typeof total)[]) {
      if (key in totals) expect(total[key], `${key} at ${length}`).toEqual(totals[key as keyof typeof totals])
    }
    for (const groups of [model, actor, cause]) {
      const sum = groups.reduce((all, group) => all + (group.spentUsd ?? 0), 0)
      expect(sum).toBeCloseTo(totals.spentUsd ?? 0, 12)
      expect(groups.reduce((all, group) => all + group.answered, 0)).toBe(totals.answered)
    }
  }
})

test('a book that grows is read on from where it was', () => {
  const book = bookOf(...run.slice(0, 9))
  expect(costOf(book).total.answered).toBe(1)
  for (const later of run.slice(9)) book.add(later)
  expect(costOf(book).total.spentUsd).toBe(bookOf(...run).totals.spentUsd)
  expect(costOf(book)).toBe(costOf(book))
})

test('groups stand with the most expensive first, and an unknown price is no zero', () => {
  const { model, actor } = costOf(bookOf(...run))
  expect(model.map(({ key, spentUsd, unpriced, hits }) => [key, spentUsd, unpriced, hits])).toEqual([
    ['gpt-5', 0.02, 0, 1],
    ['gpt-5-mini', 0.01, 1, 0]
  ])
  expect(actor.map(({ key }) => key)).toEqual(['writer', 'finder'])
  const unknown = costOf(bookOf(asked('r', 'a'), answered('a', 'r', { cost_usd: null })))
  expect(unknown.model[0]).toMatchObject({ spentUsd: null, unpriced: 1 })
})

test('a call counts for the question that it serves, not for its finding and not for the goal of all', () => {
  const { cause } = costOf(bookOf(...run))
  expect(cause.map(({ key, answered: calls }) => [key, calls])).toEqual([
    ['q1', 2],
    ['q2', 2]
  ])
})

test('what names its object counts for it; what has no cause counts for nothing', () => {
  const book = bookOf(
    asked('r1', 'a'),
    event('llm.request', 'r2', { model: 'm', messages: [], cause_object_id: 'constructor' }),
    event('llm.request', 'r3', { model: 'm', messages: [], dialog_id: 'd1' }),
    answered('a1', 'r1'),
    answered('a2', 'r2'),
    answered('a3', 'r3')
  )
  expect(costOf(book).answers.map(({ cause }) => cause)).toEqual(['', 'constructor', 'd1'])
})

test('a stretch of time has its own figures', () => {
  const { total } = costOf(bookOf(...run), run.length, { from: 9200, to: 10_000 })
  expect(total).toMatchObject({ spentUsd: 0.02, answered: 1, hits: 0, medianMs: 500, estimated: true })
})

test('what is no figure is left out', () => {
  const book = bookOf(
    answered('a', 'nobody', { cost_usd: 'much', usage: 7, latency_ms: {}, model: 8 }),
    answered('b', 'nobody', { cost_usd: -4, usage: { input_tokens: -1, output_tokens: 1e300 }, latency_ms: -3 }),
    { id: 'x', type: 'llm.response', data: { cost_usd: Number.POSITIVE_INFINITY } },
    'no event'
  )
  expect(costOf(book).total).toMatchObject({ spentUsd: null, unpriced: 3, measured: false, medianMs: undefined })
  expect(book.totals).toMatchObject({ spentUsd: null, inputTokens: 0, outputTokens: 0, medianMs: undefined })
})

test('the ninety-fifth of a hundred is one that was measured', () => {
  const values = Array.from({ length: 100 }, (_, i) => i + 1)
  expect([nearest(values, 0.95), nearest([7], 0.95), nearest([], 0.95)]).toEqual([95, 7, undefined])
})

test('time is cut into parts, and a sum grows by what was paid', () => {
  const { answers } = costOf(bookOf(...run))
  const buckets = bucketsOf(answers, 10_000, 10)
  expect(buckets.flatMap((bucket, at) => [...bucket].map(([model, usd]) => [at, model, usd]))).toEqual([
    [1, 'gpt-5-mini', 0.01],
    [1, 'gpt-5', 0],
    [9, 'gpt-5', 0.02]
  ])
  expect(growthOf(answers, 'spent', 10_000)).toEqual([
    [1000, 0.01],
    [9500, 0.03]
  ])
  expect(growthOf(answers, 'saved', 10_000)).toEqual([[1500, 0.004]])
  expect(growthOf(answers, 'spent', 10_000, 1)).toEqual([[9500, 0.03]])
})

test('an end that is no time has no parts and no growth, and breaks nothing', () => {
  const { answers } = costOf(bookOf(...run))
  expect(bucketsOf(answers, Number.NaN, 4).every(({ size }) => size === 0)).toBe(true)
  expect(growthOf(answers, 'spent', Number.NaN)).toEqual([])
})

test('models keep their order whatever the playhead', () => {
  const book = bookOf(...run)
  expect(costOf(book, 9).model.map(({ key }) => key)).toEqual(['gpt-5-mini'])
  expect(modelsOf(answersOf(book))).toEqual(['gpt-5', 'gpt-5-mini'])
})

test('an axis has round figures and reaches its top', () => {
  expect(ticksOf(0.0616)).toEqual([0, 0.02, 0.04, 0.06, 0.08])
  expect(ticksOf(3)).toEqual([0, 1, 2, 3])
  for (const top of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) expect(ticksOf(top)).toEqual([0])
})

test('the budget is what the run was given; what is left follows the playhead', () => {
  const book = bookOf(...run)
  expect(budgetAt(book, book)).toMatchObject({ limitUsd: 0.05, leftUsd: expect.closeTo(0.02), estimated: true })
  expect(budgetAt(book, book.at(9))).toMatchObject({ leftUsd: expect.closeTo(0.04), estimated: false })
  expect(budgetAt(book, book.at(0))).toBeUndefined()
  expect(budgetAt(bookOf(asked('r', 'a')), bookOf(asked('r', 'a')))).toBeUndefined()
})

test('a budget that was reached is known from then on, and holds what could not be kept until the run goes on', () => {
  const book = bookOf(
    asked('r', 'a'),
    answered('a', 'r', { cost_usd: 0.5 }),
    event('budget.exhausted', 'b', {
      reasons: ['max_events=3', 'max_llm_cost_usd=1'],
      uncommitted: { cost_usd: 0.75 }
    }),
    event('run.resumed', 's', { position: 3 })
  )
  expect(budgetAt(book, book.at(2))).toBeUndefined()
  expect(budgetAt(book, book.at(3))).toMatchObject({ limitUsd: 1, usedUsd: 1.25, leftUsd: 0 })
  expect(budgetAt(book, book)).toMatchObject({ usedUsd: 0.5, leftUsd: 0.5 })
})

test('an answer that the budget stopped counts as spent; one that it refused tells the limit by estimate', () => {
  const failed = (id: string, data: object) => event('llm.failed', id, { kind: 'budget', ...data }, { cause: ['r'] })
  const stopped = bookOf(run[0], asked('r', 'a'), failed('f', { cost_usd: 0.01, left: 0, estimate: 0.01 }))
  expect(budgetAt(stopped, stopped)).toMatchObject({ usedUsd: 0.01, leftUsd: expect.closeTo(0.04), estimated: true })
  const refused = bookOf(asked('r', 'a'), answered('a', 'r', { cost_usd: 0.5 }), failed('f', { left: 0.25 }))
  expect(budgetAt(refused, refused)).toMatchObject({ limitUsd: 0.75, leftUsd: 0.25, estimated: true })
})
