import { expect, test } from 'vitest'
import { bundled, size } from '../bundle.mjs'

test('an entry that needs Node is named with its reason', async () => {
  const { faults } = await bundled("import { readFileSync } from 'node:fs'; export const f = () => readFileSync('x')")
  expect(faults.join('\n')).toContain('needs node:fs, which is for Node only')
})

test('an import that is nowhere is named', async () => {
  const { faults } = await bundled("export * from './nowhere.js'")
  expect(faults.join('\n')).toContain('./nowhere.js')
})

test('a name that is not exported is named', async () => {
  const { faults } = await bundled("export { nothing } from 'eventsource-parser'")
  expect(faults.join('\n')).toContain('nothing')
})

test('what is loaded at once counts, what is loaded later does not', async () => {
  const parser = await bundled("export { createParser } from 'eventsource-parser'")
  const later = await bundled("export const later = () => import('eventsource-parser')")
  expect(parser.faults).toEqual([])
  expect(size(parser.chunks)).toBeGreaterThan(500)
  expect(size(later.chunks)).toBeLessThan(size(parser.chunks))
  expect(later.chunks.length).toBeGreaterThan(1)
})
