import { expect, test, vi } from 'vitest'
import { answered, asked } from '../model/events.fixture.js'
import type { LedgerFollower } from '../model/source.js'
import type { RunEntry } from './panel.js'
import { createRunCosts } from './run-costs.js'

test('runs are read one after the other, and one that cannot be read says why', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  try {
    let open = 0
    let most = 0
    const entry = (name: string, length: number, given = length): RunEntry => {
      const follow = (_name: string, follower: LedgerFollower) => {
        most = Math.max(most, ++open)
        const events = [asked('q', 'Why?'), answered('a', 'q', { cost_usd: 0.5 })]
        queueMicrotask(() => follower.events(0, events.slice(0, given)))
        return () => void open--
      }
      return { key: name, source: { source: { follow } }, info: { name, length, created: '', updated: '' } } as never
    }
    const costs = createRunCosts()
    costs.read([entry('a', 2), entry('b', 2), entry('none', 0), entry('long', 1e9), entry('lost', 3, 2)])
    for (let n = 0; n < 20; n++) {
      await Promise.resolve()
      await vi.advanceTimersByTimeAsync(1000)
    }
    expect(['a', 'b', 'none'].map(key => (costs.get(key) as { total: object }).total)).toMatchObject([
      { spentUsd: 0.5 },
      { spentUsd: 0.5 },
      { spentUsd: null, answered: 0 }
    ])
    expect(costs.get('long')).toMatch('too many')
    expect(costs.get('lost')).toMatch('gave no event')
    expect([most, open]).toEqual([1, 0])
    const { version } = costs
    costs.read([entry('a', 2)])
    expect([costs.version, open]).toEqual([version, 0])
    costs.stop()
  } finally {
    vi.useRealTimers()
  }
})
