import { expect, test } from 'vitest'
import { asked, bookOf, event } from './events.fixture.js'
import { shortName, titleOf } from './run.js'

test('a ledger has a short tag: its own number, the end of a long name, the name of a file without its type', () => {
  expect(
    [
      'run:8',
      'branch:b2',
      'run:0f3a9c21',
      'run:failed-one',
      'night.jsonl',
      'dump.json.gz',
      'a-file-with-a-long-name.ndjson'
    ].map(shortName)
  ).toEqual(['8', 'b2', '9c21', 'failed-one', 'night', 'dump', 'a-file-with…'])
})

test('what ran without a kit is named after its first question; a kit without a goal is not', () => {
  expect(bookOf(asked('q', 'How far?'), asked('r', 'How fast?')).run.goal).toBe('How far?')
  expect(bookOf(event('kit.loaded', 'k', { name: 'council' }), asked('q', 'How far?')).run.goal).toBeUndefined()
  expect([titleOf('run:8', 'How far?'), titleOf('run:8', undefined)]).toEqual(['How far?', 'Run'])
})
