import { expect, test } from 'vitest'
import { difference } from '../install.mjs'

const all = (): boolean => true
const wanted = {
  '': { version: '0.0.0' },
  'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' },
  'node_modules/a-for-another-platform': { version: '1.0.0', integrity: 'sha512-b', optional: true },
  'node_modules/ours': { link: true }
}
const installed = { 'node_modules/a': wanted['node_modules/a'], 'node_modules/ours': { link: true } }

test('what is installed as locked is left alone, other platforms are not missed', () => {
  expect(difference(wanted, installed, all)).toBeUndefined()
})

test('nothing, another version, other bytes and a removed folder are seen', () => {
  expect(difference(wanted, undefined, all)).toBe('nothing is installed yet')
  const other = (entry: object) => difference(wanted, { ...installed, 'node_modules/a': entry }, all)
  expect(other({ version: '1.0.1', integrity: 'sha512-a' })).toBe('node_modules/a is not as locked')
  expect(other({ version: '1.0.0', integrity: 'sha512-x' })).toBe('node_modules/a is not as locked')
  expect(difference(wanted, { 'node_modules/ours': {} }, all)).toBe('node_modules/a is not as locked')
  expect(difference(wanted, installed, path => path !== 'node_modules/ours')).toBe('node_modules/ours is gone')
})
