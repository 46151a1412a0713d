import { afterEach, expect, test, vi } from 'vitest'
import { createDaybook } from '../daybook.js'
import type { Warning } from '../host.js'
import { textLlm } from '../llm/text-llm.js'

afterEach(() => {
  vi.restoreAllMocks()
})

test('where IndexedDB is forbidden, memory takes its place, and the call succeeds', async () => {
  vi.spyOn(IDBFactory.prototype, 'open').mockImplementation(() => {
    throw new DOMException('forbidden here', 'SecurityError')
  })
  const warnings: Warning[] = []
  let calls = 0
  const llm = textLlm(() => {
    calls++
    return ['yes', 1]
  })
  const daybook = createDaybook({ model: 'm', llm, host: { warn: warning => warnings.push(warning) } })
  expect(await daybook.text('hi')).toBe('yes')
  expect(await daybook.text('hi')).toBe('yes')
  expect(calls).toBe(1)
  const events = []
  for await (const { type } of daybook.ledger.read()) events.push(type)
  expect(events).toEqual(['llm.request', 'llm.response', 'llm.request', 'llm.response'])
  expect(new Set(warnings.map(({ area }) => area))).toEqual(new Set(['ledger', 'cache']))
})
