import { expect, test } from 'vitest'
import { sha256 } from '#platform'
import { derivedId, isEvent, type LedgerEvent, stable } from './event.js'

test('a derived id is the same everywhere', () => {
  // A fixed value: Node, Chromium and every later version must agree, or forks lose their parents.
  expect(derivedId('object.created', 'run:1', 'seed', 'kit', 0, sha256)).toBe('object.created-T0miHvbbWLUjzH0vtXuXOS')
})

test('each part of what it derives from changes the id', () => {
  const ids = [
    derivedId('a', 'run:1', 't', 'r', 0, sha256),
    derivedId('a', 'run:2', 't', 'r', 0, sha256),
    derivedId('a', 'run:1', 'u', 'r', 0, sha256),
    derivedId('a', 'run:1', 't', 's', 0, sha256),
    derivedId('a', 'run:1', 't', 'r', 1, sha256),
    derivedId('b', 'run:1', 't', 'r', 0, sha256)
  ]
  expect(new Set(ids).size).toBe(ids.length)
  for (const id of ids) expect(id).toMatch(/^[ab]-[A-Za-z0-9_-]{22}$/)
})

const response = {
  id: 'llm.response-1',
  type: 'llm.response',
  source: 'run:1',
  actor: 'llm_executor',
  cause: ['llm.request-1'],
  timestamp: '2026-11-21T10:00:00.000Z',
  data: {
    text: 'yes',
    model: 'm',
    cost_usd: 1,
    latency_ms: 12,
    first_delta_ms: 3,
    id: 'chatcmpl-1',
    stream: {},
    native: {}
  },
  by: 'llm.request-1#0'
} as unknown as LedgerEvent

test('a stable event leaves out what differs between two honest executions', () => {
  expect(stable(response)).toEqual({
    id: 'llm.response-1',
    type: 'llm.response',
    source: 'run:1',
    actor: 'llm_executor',
    cause: ['llm.request-1'],
    data: { text: 'yes', model: 'm', cost_usd: 1 },
    by: 'llm.request-1#0'
  })
})

test("a stable event keeps an object's id", () => {
  const created = {
    ...response,
    type: 'object.created',
    data: { id: 'goal-1', type: 'Goal' }
  } as unknown as LedgerEvent
  expect(stable(created)).toMatchObject({ data: { id: 'goal-1' } })
})

test('what has no shape of an event is none', () => {
  expect(isEvent(response)).toBe(true)
  for (const broken of [
    null,
    [],
    'x',
    {},
    { ...response, cause: 'x' },
    { ...response, cause: [1] },
    { ...response, data: [] }
  ]) {
    expect(isEvent(broken)).toBe(false)
  }
  expect(isEvent({ ...response, id: 7 })).toBe(false)
  expect(isEvent({ ...response, by: 7 })).toBe(false)
})
