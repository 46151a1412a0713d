import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { diffWorlds, type WorldDiff } from '../world/diff-worlds.js'
import { project } from '../world/project.js'
import type { World } from '../world/world.js'
import { causedBy, rollup } from './caused.js'
import { diffLedgers } from './diff.js'
import type { LedgerEvent } from './event.js'
import { importLedger } from './import.js'
import { toJSONL } from './jsonl.js'
import { memoryLedgerStore } from './memory-ledger-store.js'
import { parseJSONL } from './parse-jsonl.js'
import { trace } from './trace.js'

/** Ledgers that kando wrote, with the worlds and traces that kando made of them. */
const fixtures =
  process.env.DAYBOOK_FIXTURES ?? fileURLToPath(new URL('../../../../../shared/fixtures', import.meta.url))
const folder = `${fixtures}/kando/ledgers`
const present = existsSync(folder)
if (!present) console.warn('recorded answers not present')

interface KandoWorld {
  readonly objects: readonly { readonly id: string }[]
  readonly relations: readonly { readonly id: string }[]
  readonly context?: Readonly<Record<string, unknown>>
}

/** A diff as kando says it. */
interface KandoDiff {
  readonly added_objects: readonly string[]
  readonly removed_objects: readonly string[]
  readonly patched_objects: readonly string[]
  readonly added_relations: readonly string[]
  readonly removed_relations: readonly string[]
  readonly truthy: boolean
  readonly summary: string
}

interface Fork {
  readonly meta: { readonly fork_position: number }
  readonly parentLedger: string
  readonly branchEvents: readonly LedgerEvent[]
  readonly expected: {
    readonly mergedIds: readonly string[]
    readonly world: KandoWorld
    readonly diffParentToBranch: KandoDiff
    readonly diffBranchToParent: KandoDiff
    readonly diffSame: KandoDiff
  }
}

interface Dump {
  readonly name: string
  readonly stream: string
  readonly events: readonly LedgerEvent[]
  readonly expected: {
    readonly eventCount: number
    readonly typeCounts: Readonly<Record<string, number>>
    readonly llmCostUsd: number
    readonly world: KandoWorld
    readonly prefixWorlds: readonly { readonly length: number; readonly world: KandoWorld }[]
    readonly trace: Readonly<Record<string, readonly string[]>>
    readonly explainIds: Readonly<Record<string, readonly string[]>>
  }
}

const read = <T>(file: string): T => JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')) as T

const dumps: readonly Dump[] = present
  ? readdirSync(folder)
      .map(file => read<Partial<Dump>>(file))
      .filter((dump): dump is Dump => dump.events !== undefined)
  : []

/** A world as kando dumps it, in an order of its own. */
function dumped(world: World): KandoWorld {
  return sorted({ objects: [...world.objects.values()], relations: [...world.relations.values()] })
}

function sorted({ objects, relations }: KandoWorld): KandoWorld {
  const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : 1)
  return { objects: [...objects].sort(byId), relations: [...relations].sort(byId) }
}

/** Kando sorts all its lists but the patched ones; ours are all sorted. */
function asKando({ objects, relations, empty, summary }: WorldDiff): KandoDiff {
  return {
    ...{ added_objects: objects.added, removed_objects: objects.removed },
    patched_objects: objects.changed.map(({ id }) => id),
    ...{ added_relations: relations.added, removed_relations: relations.removed },
    truthy: !empty,
    summary: summary()
  }
}

async function imported(text: string): Promise<{ name: string; events: LedgerEvent[] }> {
  const store = memoryLedgerStore()
  const report = await importLedger(store, text)
  expect(report).toMatchObject({ ok: true, format: 'kando' })
  const events: LedgerEvent[] = []
  for await (const event of store.read(report.name)) events.push(event)
  return { name: report.name, events }
}

describe.skipIf(!present)("kando's ledgers", () => {
  test('are all here', () => {
    expect(dumps.length).toBeGreaterThanOrEqual(7)
  })

  describe.each(dumps)('$name', ({ stream, events, expected }) => {
    test('is imported as it is, from a list and from lines, and written again as it was', async () => {
      const list = JSON.stringify(events)
      const lines = events.map(event => `${JSON.stringify(event)}\n`).join('')
      for (const text of [list, lines]) expect(await imported(text)).toEqual({ name: stream, events })
      expect(toJSONL(events, { format: 'kando' })).toBe(lines)
      expect((await parseJSONL(toJSONL(events))).events).toEqual(events)
    })

    test('has as many events of each type', async () => {
      const found = await imported(JSON.stringify(events))
      const counts: Record<string, number> = {}
      for (const { type } of found.events) counts[type] = (counts[type] ?? 0) + 1
      expect(found.events.length).toBe(expected.eventCount)
      expect(counts).toEqual(expected.typeCounts)
    })

    test('projects to the same world, as of each position', async () => {
      const world = project((await imported(JSON.stringify(events))).events)
      expect(dumped(world)).toEqual(sorted(expected.world))
      expect(world.context.budget_exhausted ?? false).toBe(expected.world.context?.budget_exhausted ?? false)
      for (const { length, world: prefix } of expected.prefixWorlds) {
        expect(dumped(world.at(length))).toEqual(sorted(prefix))
      }
    })

    test('has the same traces', () => {
      for (const expectedIds of [expected.trace, expected.explainIds]) {
        for (const [id, chain] of Object.entries(expectedIds)) {
          expect(trace(events, id).map(event => event.id)).toEqual(chain)
        }
      }
    })

    test('cost what kando paid, counted from its roots', () => {
      const roots = events.filter(({ cause }) => !cause.some(id => events.some(event => event.id === id)))
      const all = rollup(events)
      const paid = roots.map(({ id }) => all.get(id)?.costUsd ?? 0).reduce((sum, cost) => sum + cost, 0)
      expect(paid).toBeCloseTo(expected.llmCostUsd)
      for (const { id } of events) {
        expect(all.get(id)?.events).toBeLessThanOrEqual(causedBy(events, id).events)
      }
    })
  })

  test('a branch shares the prefix of its parent', async () => {
    const fork = read<Fork>('07-fork.json')
    const { events } = read<Dump>(fork.parentLedger)
    const tail = await imported(JSON.stringify(fork.branchEvents))
    expect(tail.name).toBe('branch:what-if')
    const merged = [...events.slice(0, fork.meta.fork_position), ...tail.events]
    expect(merged.map(({ id }) => id)).toEqual(fork.expected.mergedIds)
    expect(dumped(project(merged))).toEqual(sorted(fork.expected.world))
  })

  test('a branch differs from its parent as kando says, both ways', () => {
    const { meta, parentLedger, branchEvents, expected } = read<Fork>('07-fork.json')
    const { events } = read<Dump>(parentLedger)
    const merged = [...events.slice(0, meta.fork_position), ...branchEvents]
    const [parent, branch] = [project(events), project(merged)]
    expect(asKando(diffWorlds(parent, branch))).toEqual(expected.diffParentToBranch)
    expect(asKando(diffWorlds(branch, parent))).toEqual(expected.diffBranchToParent)
    expect(asKando(diffWorlds(parent, parent))).toEqual(expected.diffSame)

    const diff = diffLedgers(events, merged)
    expect(diff.common).toBe(meta.fork_position)
    expect(diff.added.map(({ id }) => id)).toEqual(
      branchEvents.filter(({ id }) => !diff.pairs.some(({ after }) => after.id === id)).map(({ id }) => id)
    )
    expect(diff.removed.length + diff.pairs.length).toBe(events.length - meta.fork_position)
    expect(diff.equal).toBe(false)
    expect(diffLedgers(events, events)).toMatchObject({ equal: true, common: events.length })
  })
})
