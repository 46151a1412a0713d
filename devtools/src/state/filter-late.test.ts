import { expect, test } from 'vitest'
import { asked, bookOf, event } from '../model/events.fixture.js'
import { createFiltering, type Filtered, filterParts } from './filtering.js'

const endless = 1e9

test('before the filter is loaded no row is shown that would have to go, and then those that pass', async () => {
  const run: Filtered = { book: bookOf(asked('q1', 'winter?'), event('tick', 't1')), visible: undefined }
  expect(filterParts()).toBeUndefined()
  await new Promise<void>((done, failed) => {
    const filtering = createFiltering('type:tick', error => (error === undefined ? done() : failed(error)))
    filtering.start(run)
    filtering.step(run, endless)
    expect(run.visible).toEqual([])
  })
  const filtering = createFiltering('type:tick')
  filtering.start(run)
  filtering.step(run, endless)
  expect(run.visible).toEqual([1])
})

test('without a filter nothing is waited for', () => {
  const run: Filtered = { book: bookOf(event('tick', 't1')), visible: undefined }
  const filtering = createFiltering(' ')
  filtering.start(run)
  expect(filtering.step(run, endless)).toBe(false)
  expect(run.visible).toBeUndefined()
})
