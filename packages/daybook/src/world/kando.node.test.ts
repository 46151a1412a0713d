import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { budgetFold, budgetOf } from '../ledger/budget.js'
import type { LedgerEvent } from '../ledger/event.js'
import { diffWorlds } from './diff-worlds.js'
import { project } from './project.js'
import type { World } from './world.js'

// Ledgers that kando wrote, with the worlds that it made of them.
const folder = join(process.env.DAYBOOK_FIXTURES ?? '../shared/fixtures', 'kando', 'ledgers')
const absent = !existsSync(folder)
if (absent) console.info('recorded answers not present')

interface Recorded {
  readonly events: LedgerEvent[]
  readonly expected: {
    readonly world: { readonly objects: unknown[]; readonly relations: unknown[]; readonly context: object }
  }
}

const read = (name: string) => JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'))
const shown = (world: World) => ({
  objects: [...world.objects.values()],
  relations: [...world.relations.values()],
  context: world.context
})

describe.skipIf(absent)('kando’s ledgers', () => {
  test.each([
    '01-research',
    '02-diligence',
    '03-budget-max-events',
    '04-budget-llm-cost',
    '05-budget-depth',
    '06-edge-logic',
    '08-cache-hit-run'
  ])('%s projects to the world that kando made of it', name => {
    const { events, expected } = read(name) as Recorded
    const { context, ...things } = expected.world
    expect(shown(project(events))).toMatchObject({ ...things, context: context ?? {} })
  })

  test('a branch differs from its parent in what was changed, removed and added', () => {
    const { meta, parentLedger, branchEvents, expected } = read('07-fork')
    const parent = (read(parentLedger.replace('.json', '')) as Recorded).events
    const branch = [...parent.slice(0, meta.fork_position), ...branchEvents] as LedgerEvent[]
    const world = project(branch)
    expect(shown(world)).toMatchObject({ objects: expected.world.objects, relations: expected.world.relations })
    const diff = diffWorlds(project(parent), world)
    expect(diff.objects.added).toEqual(['note-1'])
    expect(diff.relations.added).toEqual(['rel-note'])
    expect(diff.objects.changed.map(({ id }) => id)).toContain('finding-1fe5cd3a')
  })

  test.each([
    ['03-budget-max-events', { maxEvents: 9 }],
    ['04-budget-llm-cost', { maxCostUsd: 0.006 }],
    ['05-budget-depth', { maxDepth: 4 }]
  ])('%s: the limit is reached at the event at which kando reached it', (name, limits) => {
    const { events } = read(name) as Recorded
    const fold = budgetFold(budgetOf(limits))
    const at = events.findIndex(event => {
      fold.add(event)
      return fold.exhausted() !== undefined
    })
    const { data } = events.at(-1) as LedgerEvent<'budget.exhausted'>
    expect(at).toBe(events.length - 2)
    expect(fold.exhausted()).toMatchObject({ event_count: data.event_count, depth: data.depth })
    expect(fold.exhausted()?.llm_cost_usd).toBeCloseTo(data.llm_cost_usd)
    expect(fold.exhausted()?.reasons).toEqual(data.reasons)
  })
})
