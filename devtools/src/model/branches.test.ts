import { expect, test } from 'vitest'
import { familyOf, type Kin, mainRuns } from './branches.js'

const run = (name: string, parent?: string, source = 1, created = name): Kin => ({
  key: `${source} ${name}`,
  source: { id: source },
  info: { name, length: 3, created, updated: '', ...(parent === undefined ? {} : { parent }) }
})
const names = (runs: readonly Kin[]): string[] => runs.map(({ key }) => key)

test('branches stand under their run, in the order in which they were made', () => {
  const runs = [
    run('branch:c', 'branch:b2'),
    run('branch:b3', 'run:8'),
    run('branch:b2', 'run:8'),
    run('run:8'),
    run('run:7')
  ]
  expect(names(mainRuns(runs))).toEqual(['1 run:8', '1 run:7'])
  for (const open of ['1 run:8', '1 branch:c', '1 branch:b3']) {
    expect(familyOf(runs, open).map(({ label, depth }) => [label, depth])).toEqual([
      ['main', 0],
      ['b2', 1],
      ['c', 2],
      ['b3', 1]
    ])
  }
  expect(familyOf(runs, '1 run:7')).toHaveLength(1)
  expect(familyOf(runs, undefined)).toEqual([])
})

test('a branch whose run is not there is a run of the list, and one of another source finds its parent', () => {
  const alone = [run('branch:b2', 'run:8'), run('run:7')]
  expect(names(mainRuns(alone))).toEqual(['1 branch:b2', '1 run:7'])
  expect(familyOf(alone, '1 branch:b2').map(({ label }) => label)).toEqual(['b2'])
  const apart = [run('branch:b2', 'run:8', 2), run('run:8', undefined, 1)]
  expect(names(mainRuns(apart))).toEqual(['1 run:8'])
})

test('ledgers that name each other as parents are shown all the same', () => {
  const circle = [run('branch:a', 'branch:b'), run('branch:b', 'branch:a'), run('branch:c', 'branch:c')]
  expect(names(mainRuns(circle))).toHaveLength(3)
  expect(familyOf(circle, '1 branch:a').length).toBeGreaterThan(0)
})
