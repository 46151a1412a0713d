import { expect, test } from 'vitest'
import { shortName } from './run.js'

test('a ledger has a short tag: its own number, the end of a long name, the name of a file without its type', () => {
  expect(
    ['run:8', 'branch:b2', 'run:0f3a9c21', 'night.jsonl', 'dump.json.gz', 'a-file-with-a-long-name.ndjson'].map(
      shortName
    )
  ).toEqual(['8', 'b2', '9c21', 'night', 'dump', 'a-file-with…'])
})
