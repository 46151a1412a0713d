import { describe, expect, test } from 'vitest'
import { runSummary } from '../run/summary.js'
import { comparedRows, compareLedgers } from './compare.js'
import { diffLedgers } from './diff.js'
import type { LedgerEvent } from './event.js'
import { figuresOf } from './figures.js'

const event = (id: string, cause: string[] = [], more: object = {}): LedgerEvent =>
  ({
    ...{ id, type: 'x.made', source: 'run:1', actor: 'test', cause, timestamp: '2026-11-21T10:00:00.000Z' },
    data: {},
    ...more
  }) as unknown as LedgerEvent

const request = (id: string, cause: string[], data: object = { model: 'small' }) =>
  event(id, cause, { type: 'llm.request', actor: 'asker', data })
const answer = (id: string, cause: string[], text: string, more: object = {}) =>
  event(id, cause, {
    ...{ type: 'llm.response', actor: 'llm_executor', timestamp: '2026-11-21T10:00:02.000Z' },
    data: {
      text,
      cost_usd: 0.25,
      cached: false,
      latency_ms: Math.random(),
      usage: { input_tokens: 3, output_tokens: 5 },
      ...more
    }
  })

const parent = [
  event('goal'),
  request('q1', ['goal']),
  request('q2', ['goal']),
  answer('a1', ['q1'], 'The sky is blue.'),
  answer('a2', ['q2'], 'Water is wet.')
]
const ids = (events: readonly LedgerEvent[]): string[] => events.map(({ id }) => id)
const pairIds = (events: ReturnType<typeof diffLedgers>) =>
  events.pairs.map(({ before, after, fields }) => [before.id, after.id, fields.map(({ path }) => path)])

describe('two ledgers', () => {
  test('are equal where only the time, the rhythm and the place differ', () => {
    const other = parent.map(one => ({
      ...one,
      source: 'branch:2',
      timestamp: '2027-01-01T00:00:00.000Z',
      data: { ...one.data, latency_ms: 7 }
    }))
    const diff = diffLedgers(parent, other as unknown as LedgerEvent[])
    expect(diff).toMatchObject({ common: 5, pairs: [], removed: [], added: [], equal: true })
    expect(diff.summary()).toBe('5 events in common')
    expect(diffLedgers([], [])).toMatchObject({ common: 0, equal: true })
  })

  test('have what they begin with in common, and pairs of one id after it', () => {
    const branch = [
      ...parent.slice(0, 2),
      event('branched', ['q1'], { type: 'branch.created', source: 'branch:2' }),
      request('q2', ['goal'], { model: 'large', temperature: 0 }),
      { ...(parent[3] as LedgerEvent), source: 'branch:2' },
      answer('a2', ['q2'], 'Water is very wet.', { cost_usd: 0.5 }),
      event('more', ['a2'])
    ]
    const diff = diffLedgers(parent, branch)
    expect(diff).toMatchObject({ common: 2, equal: false, removed: [] })
    expect(ids(diff.added)).toEqual(['branched', 'more'])
    expect(pairIds(diff)).toEqual([
      ['q2', 'q2', ['/data/model', '/data/temperature']],
      ['a1', 'a1', []],
      ['a2', 'a2', ['/data/cost_usd', '/data/text']]
    ])
    expect(diff.pairs[0]?.fields).toEqual([
      { path: '/data/model', before: 'small', after: 'large' },
      { path: '/data/temperature', after: 0 }
    ])
    expect(diff.pairs[1]?.words).toBe(undefined)
    expect(diff.pairs[2]?.words).toEqual([
      { type: 'same', text: 'Water is' },
      { type: 'added', text: ' very' },
      { type: 'same', text: ' wet.' }
    ])
    expect(diff.summary()).toBe('2 events in common, 2 changed, 2 added; $0.25 more')
    expect(diffLedgers(branch, parent).summary()).toBe('2 events in common, 2 changed, 2 removed; $0.25 less')
    expect(JSON.parse(JSON.stringify(diff)).pairs[2].words).toHaveLength(3)
  })

  test('of other ids are aligned by type, actor and the path of causes, and what follows from that is no change', () => {
    const made = (id: string, object: string, cause: string[]) =>
      event(id, cause, { type: 'object.created', data: { id: object, type: 'Task', data: {} } })
    const linked = (id: string, from: string, cause: string[]) =>
      event(id, cause, {
        type: 'relation.created',
        data: { id: `r-${from}`, type: 'of', source_id: from, target_id: 'g' }
      })
    const run = (mark: string, texts: readonly string[]) => [
      event(`goal-${mark}`, [], { by: `seed-${mark}#0` }),
      made(`m-${mark}`, `task-${mark}`, [`goal-${mark}`]),
      linked(`l-${mark}`, `task-${mark}`, [`m-${mark}`]),
      ...texts.flatMap((text, n) => [
        request(`q${n}-${mark}`, [`m-${mark}`], { model: 'small', cause_object_id: `task-${mark}` }),
        answer(`a${n}-${mark}`, [`q${n}-${mark}`], text)
      ])
    ]
    const diff = diffLedgers(run('x', ['one', 'two', 'three']), run('y', ['one', 'zwei']))
    expect(diff.common).toBe(0)
    expect(pairIds(diff)).toEqual([
      ['goal-x', 'goal-y', []],
      ['m-x', 'm-y', []],
      ['l-x', 'l-y', []],
      ['q0-x', 'q0-y', []],
      ['a0-x', 'a0-y', []],
      ['q1-x', 'q1-y', []],
      ['a1-x', 'a1-y', ['/data/text']]
    ])
    expect(ids(diff.removed)).toEqual(['q2-x', 'a2-x'])
    expect(diff.added).toEqual([])
    expect(diff.equal).toBe(false)
  })

  test('do not align what another one did, what has other causes, or what only looks alike', () => {
    const before = [event('goal'), event('a', ['goal']), event('b', ['a'])]
    const after = [event('goal'), event('c', ['goal'], { actor: 'other' }), event('d', []), event('e', ['c'])]
    const diff = diffLedgers(before, after)
    expect(diff).toMatchObject({ common: 1, pairs: [] })
    expect(ids(diff.removed)).toEqual(['a', 'b'])
    expect(ids(diff.added)).toEqual(['c', 'd', 'e'])
  })

  test('in another order are not equal, though nothing else differs', () => {
    const diff = diffLedgers(parent, [parent[0], parent[2], parent[1], parent[3], parent[4]] as LedgerEvent[])
    expect(diff).toMatchObject({ common: 1, removed: [], added: [], equal: false })
    expect(diff.pairs.every(({ fields }) => fields.length === 0)).toBe(true)
    expect(diff.summary()).toBe('1 event in common')
  })

  test('may be hostile: ids that come twice, causes from the future, members of any name', () => {
    const odd = [
      event('twice'),
      event('twice', ['later'], { data: JSON.parse('{"__proto__":{"polluted":1}}') }),
      event('later', ['later', 'twice'])
    ]
    const diff = diffLedgers(odd, [event('twice', [], { data: { n: 1 } }), event('__proto__')])
    expect(pairIds(diff)).toEqual([['twice', 'twice', ['/data/n']]])
    expect(ids(diff.removed)).toEqual(['twice', 'later'])
    expect(ids(diff.added)).toEqual(['__proto__'])
    expect(diffLedgers(odd, odd).equal).toBe(true)
    expect(({} as { polluted?: unknown }).polluted).toBe(undefined)
  })

  test('of a hundred thousand events are compared in a walk', () => {
    const long = (mark: string) =>
      Array.from({ length: 100_000 }, (_, n) => event(`${mark}${n}`, n === 0 ? [] : [`${mark}${n - 1}`]))
    const diff = diffLedgers(long('a'), long('b'))
    expect(diff.pairs.length).toBe(100_000)
    expect(diff.pairs.every(({ fields }) => fields.length === 0)).toBe(true)
  })
})

describe('figures', () => {
  test('are those of a run’s summary, with the time', () => {
    const events = [
      ...parent,
      answer('hit', ['q1'], 'again', { cached: true, cost_usd: 0, saved_usd: 0.125 }),
      event('failed', ['q2'], { type: 'llm.failed', data: { kind: 'network', message: 'gone', retryable: true } })
    ]
    const summary = runSummary()
    for (const one of events) summary.add(one)
    const { elapsedMs, ...figures } = figuresOf(events)
    expect(summary.summary()).toMatchObject(figures)
    expect(figures).toMatchObject({ calls: 2, hits: 1, failures: 1, costUsd: 0.5, savedUsd: 0.125, inputTokens: 6 })
    expect(elapsedMs).toBe(2000)
    expect(diffLedgers(parent, events).after).toEqual(figuresOf(events))
  })

  test('of an unknown price are null, and the summary says so', () => {
    const unknown = [...parent, answer('dear', ['q1'], 'x', { cost_usd: null })]
    expect(figuresOf(unknown)).toMatchObject({ costUsd: null, savedUsd: 0 })
    expect(figuresOf([answer('hit', [], 'x', { cached: true, cost_usd: 0 })])).toMatchObject({
      savedUsd: null,
      costUsd: 0
    })
    expect(diffLedgers(parent, unknown).summary()).toBe('5 events in common, 1 added; its cost is unknown')
    expect(diffLedgers(unknown, parent).summary()).toBe('5 events in common, 1 removed; its cost was unknown')
    expect(figuresOf([])).toMatchObject({ events: 0, costUsd: 0, elapsedMs: 0 })
  })

  test('of small differences keep two digits that count', () => {
    const costing = (cost_usd: number) => [answer('a', [], 'x', { cost_usd })]
    expect(diffLedgers(costing(0), costing(0.000123)).summary()).toContain('$0.00012 more')
    expect(diffLedgers(costing(12.345), costing(1)).summary()).toContain('$11.35 less')
    expect(diffLedgers(costing(0.1 + 0.2), costing(0.3)).summary()).toBe('0 events in common, 1 changed')
  })
})

describe('up to four ledgers', () => {
  const shown = (runs: readonly (readonly LedgerEvent[])[]) =>
    compareLedgers(runs).rows.map(({ events, same }) => [
      events.map(one => one?.id ?? '-').join(' '),
      ...(same ? ['same'] : [])
    ])

  test('are compared in small steps where a page must not be held, with the same rows', () => {
    const long = (name: string) =>
      Array.from({ length: 3000 }, (_, n) =>
        event(`${n % 3 === 0 ? name : ''}${n}`, n > 0 && n % 3 === 1 ? [`${name}${n - 1}`] : [])
      )
    const runs = [long('a'), long('b'), long('a').toReversed()]
    const steps = comparedRows(runs)
    let count = 0
    let step = steps.next()
    for (; !step.done; step = steps.next()) count++
    expect(step.value).toEqual(compareLedgers(runs).rows)
    // No step looks at more than a few hundred events.
    expect(count).toBeGreaterThan(60)
    expect(() => comparedRows([parent]).next()).toThrow(/Two to four ledgers/)
  })

  test('stand side by side, each event beside what it stands for in the first', () => {
    const second = [parent[0], parent[1], event('own', ['q1']), parent[3]] as LedgerEvent[]
    const third = [
      ...[event('before'), parent[0], parent[1], event('own', ['q1'], { data: { n: 1 } })],
      ...[answer('a1', ['q1'], 'The sky is grey.'), event('last')]
    ] as LedgerEvent[]
    expect(shown([parent, second, third, parent])).toEqual([
      ['- - before -'],
      ['goal goal goal goal', 'same'],
      ['q1 q1 q1 q1', 'same'],
      ['- own own -'],
      ['q2 - - q2'],
      ['a1 a1 a1 a1'],
      ['- - last -'],
      ['a2 - - a2']
    ])
    expect(compareLedgers([parent, second]).figures).toEqual([figuresOf(parent), figuresOf(second)])
    expect(shown([parent, parent]).every(row => row[1] === 'same')).toBe(true)
  })

  test('are at least two', () => {
    for (const runs of [[], [parent], Array(5).fill(parent)]) {
      expect(() => compareLedgers(runs)).toThrow(/Two to four/)
    }
  })
})
