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
