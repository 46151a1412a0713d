import { expect, test } from 'vitest'
import { fakeClock } from './clock.js'

test('sleepers wake in the order of their time, each at its own', async () => {
  const clock = fakeClock(1000)
  const woken: string[] = []
  const sleeper = (name: string, ms: number) => clock.sleep(ms).then(() => woken.push(`${name} ${clock.now()}`))
  void sleeper('late', 30)
  void sleeper('early', 10).then(() => sleeper('again', 10))
  await clock.advance(25)
  expect(woken).toEqual(['early 1010', 'again 1020'])
  expect({ now: clock.now(), sleeping: clock.sleeping }).toEqual({ now: 1025, sleeping: 1 })
  await clock.advance(5)
  expect(woken.at(-1)).toBe('late 1030')
})

test('an aborted sleep rejects with the reason and is forgotten', async () => {
  const clock = fakeClock()
  const controller = new AbortController()
  const sleep = clock.sleep(10, controller.signal)
  controller.abort('enough')
  await expect(sleep).rejects.toBe('enough')
  await expect(clock.sleep(10, controller.signal)).rejects.toBe('enough')
  expect(clock.sleeping).toBe(0)
})

test('finish moves the clock as far as a promise needs', async () => {
  const clock = fakeClock(0)
  const work = async (): Promise<string> => {
    await clock.sleep(500)
    await clock.sleep(1500)
    return 'done'
  }
  expect(await clock.finish(work())).toBe('done')
  expect(clock.now()).toBe(2000)
  await expect(clock.finish(Promise.reject(new Error('no')))).rejects.toThrow('no')
})
