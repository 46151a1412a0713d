import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { project } from '../world/project.js'
import type { World } from '../world/world.js'
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

interface Dump {
  readonly name: string
  readonly stream: string
  readonly events: readonly LedgerEvent[]
  readonly expected: {
    readonly eventCount: number
    readonly typeCounts: Readonly<Record<string, number>>
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
  })

  test('a branch shares the prefix of its parent', async () => {
    const fork = read<{
      meta: { fork_position: number }
      parentLedger: string
      branchEvents: LedgerEvent[]
      expected: { mergedIds: string[]; world: KandoWorld }
    }>('07-fork.json')
    const { events } = read<Dump>(fork.parentLedger)
    const tail = await imported(JSON.stringify(fork.branchEvents))
    expect(tail.name).toBe('branch:what-if')
    const merged = [...events.slice(0, fork.meta.fork_position), ...tail.events]
    expect(merged.map(({ id }) => id)).toEqual(fork.expected.mergedIds)
    expect(dumped(project(merged))).toEqual(sorted(fork.expected.world))
  })
})
