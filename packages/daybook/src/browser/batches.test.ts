import { expect, test } from 'vitest'
import { batches } from './batches.js'

function recording() {
  const written: [string, number][][] = []
  let open: () => void = () => {}
  const opened = (): Promise<void> =>
    new Promise(resolve => {
      open = resolve
    })
  const made = batches<number>(
    async writes => {
      written.push([...writes])
      await opened()
      if (writes.has('bad')) throw new Error('no')
    },
    async () => {}
  )
  return { ...made, written, finish: () => open() }
}

const task = (): Promise<void> => new Promise(resolve => setTimeout(resolve, 0))

test('writes of one step are one batch, in which the last for a key wins', async () => {
  const { write, written, finish } = recording()
  const all = [write('a', 1), write('b', 2), write('a', 3)]
  await task()
  finish()
  await Promise.all(all)
  expect(written).toEqual([
    [
      ['a', 3],
      ['b', 2]
    ]
  ])
})

test('what comes while a batch is being written is the next, and is seen before it is there', async () => {
  const { write, pending, written, finish } = recording()
  const first = write('a', 1)
  await task()
  const second = write('a', 2)
  expect(pending('a')).toBe(2)
  expect(written.length).toBe(1)
  finish()
  await first
  await task()
  expect([pending('a'), written.length]).toEqual([2, 2])
  finish()
  await second
  expect(pending('a')).toBeUndefined()
})

test('a batch that fails is heard of by those who wrote it, and the next is tried', async () => {
  const { write, idle, finish } = recording()
  const bad = write('bad', 1)
  await task()
  const good = write('good', 1)
  finish()
  await expect(bad).rejects.toThrow('no')
  await task()
  finish()
  await good
  await idle()
})
