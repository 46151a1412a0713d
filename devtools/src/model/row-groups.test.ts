import { expect, test } from 'vitest'
import { answered, asked, bookOf, event } from './events.fixture.js'
import { groupLines, rowGroups } from './row-groups.js'

const book = bookOf(
  asked('q', 'Why?'),
  event('object.created', 'o', { id: 'o', type: 'Goal' }, { actor: 'research.planner' }),
  answered('a', 'q'),
  asked('r', 'And?')
)

test('rows are grouped in the order of their first ones, and new ones join', () => {
  const names = () => rowGroups(book, 'actor').map(({ key, rows }) => [key, ...rows])
  expect(names()).toEqual([
    ['finder', 0, 3],
    ['planner', 1],
    ['gpt-5-mini', 2]
  ])
  book.add(answered('b', 'r'))
  expect(names()[2]).toEqual(['gpt-5-mini', 2, 4])
  expect(rowGroups(book, 'type').map(({ key }) => key)).toEqual(['llm.request', 'object.created', 'llm.response'])
  expect(rowGroups(book, 'branch')).toEqual([{ key: 'run:8', rows: [0, 1, 2, 3, 4] }])
})

test('what the filter shows is grouped alone', () => {
  expect(rowGroups(book, 'actor', [2, 3])).toEqual([
    { key: 'gpt-5-mini', rows: [2] },
    { key: 'finder', rows: [3] }
  ])
})

test('each line is a head or a row, and a closed group is its head', () => {
  const groups = rowGroups(book, 'actor')
  const open = groupLines(groups, new Set())
  expect(open.count).toBe(8)
  expect(Array.from({ length: 9 }, (_, line) => open.at(line)?.row)).toEqual([
    undefined,
    0,
    3,
    undefined,
    1,
    undefined,
    2,
    4,
    undefined
  ])
  expect([0, 1, 2, 3, 4].map(open.of)).toEqual([1, 4, 6, 2, 7])
  const closed = groupLines(groups, new Set(['finder']))
  expect(closed.count).toBe(6)
  expect([closed.of(3), closed.of(1), closed.of(99), closed.at(0)?.group.key]).toEqual([0, 2, -1, 'finder'])
})

test('the rows that are shown can be gone through in the order of their groups', () => {
  const groups = rowGroups(book, 'actor')
  const order = (closed: readonly string[]) => {
    const lines = groupLines(groups, new Set(closed))
    const rows = Array.from({ length: lines.total }, (_, place) => lines.row(place))
    expect(rows.map(lines.placeOf)).toEqual([...rows.keys()])
    return rows
  }
  expect(order([])).toEqual([0, 3, 1, 2, 4])
  expect(order(['planner'])).toEqual([0, 3, 2, 4])
  expect(order(['finder', 'gpt-5-mini'])).toEqual([1])
  expect(order(['finder', 'planner', 'gpt-5-mini'])).toEqual([])
  const folded = groupLines(groups, new Set(['planner']))
  expect([folded.placeOf(1), folded.placeOf(99), folded.row(4), folded.row(-1)]).toEqual([1, -1, -1, -1])
})
