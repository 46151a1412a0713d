import { expect, test } from 'vitest'
import { readAddress, writeAddress } from './address.js'

test('the address says what to show', () => {
  expect(readAddress('#t=abc&run=run:8&view=dialog&filter=type:llm.*')).toEqual({
    token: 'abc',
    run: 'run:8',
    view: 'dialog',
    filter: 'type:llm.*'
  })
  expect(readAddress('')).toEqual({})
  expect(readAddress('#view=elsewhere')).toEqual({})
})

test('the token is never written, and what is usual is left out', () => {
  expect(writeAddress({ token: 'abc', run: 'run:8', view: 'ledger' })).toBe('#run=run:8')
  expect(writeAddress({})).toBe('')
  const address = { run: 'run:8', view: 'dialog', filter: 'a b&c=d' } as const
  expect(readAddress(writeAddress(address))).toEqual(address)
})

test('the place in the run is part of it, and only numbers are places', () => {
  expect(readAddress('#run=run:8&seq=12&at=40')).toEqual({ run: 'run:8', seq: 12, playhead: 40 })
  expect(readAddress('#seq=-1&at=1e9')).toEqual({})
  expect(readAddress('#seq=0&at=12345678901')).toEqual({})
  const address = { run: 'run:8', seq: 3, playhead: 7, filter: 'cost:>0.01 after:#2' }
  expect(readAddress(writeAddress(address))).toEqual(address)
})

test('a branch has a word of its own', () => {
  expect(writeAddress({ run: 'branch:b2' })).toBe('#branch=b2')
  expect(readAddress('#branch=b2')).toEqual({ run: 'branch:b2' })
})

test('the tab of the inspector, the compared runs and the file of the run are part of it', () => {
  const address = { run: 'run:8', tab: 'raw', compared: ['run:8', 'branch:b2'], file: 'my trains.jsonl' } as const
  expect(writeAddress(address)).toBe('#run=run:8&tab=raw&compare=run:8&compare=branch:b2&file=my+trains.jsonl')
  expect(readAddress(writeAddress(address))).toEqual(address)
  expect(writeAddress({ tab: 'pretty', compared: ['run:8'] })).toBe('')
  expect(readAddress('#tab=else&compare=a')).toEqual({})
  expect(readAddress('#compare=1&compare=2&compare=3&compare=4&compare=5').compared).toHaveLength(4)
  expect(readAddress(`#file=${'x'.repeat(9000)}`).file).toHaveLength(200)
})
