import { expect, test } from 'vitest'
import { fuzzyFit } from './fuzzy.js'

const names = [
  'Show the ledger',
  'Show the waterfall',
  'Step back',
  'Fork here',
  'Theme: dark',
  'Export the ledger…',
  'Open a ledger…'
]

function ranked(letters: string): string[] {
  return names
    .map(name => ({ name, score: fuzzyFit(letters, name)?.score ?? -1 }))
    .filter(({ score }) => score >= 0)
    .sort((a, b) => b.score - a.score)
    .map(({ name }) => name)
}

test('a word comes before scattered letters, its beginning before its middle', () => {
  expect(ranked('show led')[0]).toBe('Show the ledger')
  expect(ranked('ledger').slice(0, 3)).toContain('Show the ledger')
  expect(ranked('export')).toEqual(['Export the ledger…'])
  expect(ranked('the')[0]).toBe('Theme: dark')
  expect(ranked('ork')[0]).toBe('Fork here')
})

test('first letters of words are enough', () => {
  expect(ranked('stw')[0]).toBe('Show the waterfall')
  expect(ranked('sb')[0]).toBe('Step back')
})

test('letters that are not there in this order fit nothing, and none fit all', () => {
  expect(ranked('xyz')).toEqual([])
  expect(ranked('krof')).toEqual([])
  expect(ranked(' ')).toHaveLength(names.length)
})

test('the places are those of the letters', () => {
  expect(fuzzyFit('wat', 'Show the waterfall')?.places).toEqual([9, 10, 11])
  const { places } = fuzzyFit('fkh', 'Fork here') ?? { places: [] }
  expect(places.map(at => 'Fork here'[at])).toEqual(['F', 'k', 'h'])
})
