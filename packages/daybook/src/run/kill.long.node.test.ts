import { expect, test } from 'vitest'
import { soak } from '../../../tools/soak.mjs'

test('a run that is killed again and again asks nothing twice that was answered, and ends with the same ledger', async () => {
  const { problems, kills, runs, saved } = await soak({ kills: 20, seed: 4 })
  expect(problems).toEqual([])
  expect(kills).toBe(20)
  expect(runs).toBeGreaterThan(0)
  // The kills came in the middle of waves: in some of them answers waited in the outbox.
  expect(saved).toBeGreaterThan(10)
}, 180_000)
