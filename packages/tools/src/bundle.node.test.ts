import { expect, test } from 'vitest'
import { bundled, reached, size } from '../bundle.mjs'

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

test('of built chunks, what an entry loads at once is told from what it may load later', () => {
  const chunks = new Map(
    Object.entries({
      'entry.js': 'import{a}from"./chunks/a-1.js";import"./chunks/b-1.js";const c=()=>import(`./chunks/c-1.js`)',
      'chunks/a-1.js': "export*from'./b-1.js';const said='import{x}from \"./nowhere.js\"'",
      'chunks/b-1.js': 'import{useState}from"react"',
      'chunks/c-1.js': 'import{a}from"./a-1.js";const d=()=>import("./d-1.js")',
      'chunks/d-1.js': 'import{c}from"./c-1.js"',
      'chunks/e-1.js': 'import{c}from"./c-1.js"'
    }).map(([name, code]) => [name, { code }])
  )
  expect(reached(chunks, ['entry.js'])).toEqual(['entry.js', 'chunks/a-1.js', 'chunks/b-1.js'])
  expect(reached(chunks, ['chunks/c-1.js'])).not.toContain('chunks/d-1.js')
  expect(reached(chunks, ['entry.js'], { all: true })).toHaveLength(5)
  expect(reached(chunks, ['entry.js'], { all: true, skip: name => name.includes('d-') })).toHaveLength(4)
})
