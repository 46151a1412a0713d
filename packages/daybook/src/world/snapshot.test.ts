import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createHost, type Warning } from '../host.js'
import type { EventDraft, LedgerEvent } from '../ledger/event.js'
import type { Ledger } from '../ledger/ledger.js'
import { memoryLedgerStore } from '../ledger/memory-ledger-store.js'
import { openLedger } from '../ledger/open-ledger.js'
import type { SnapshotStore } from '../ledger/store.js'
import { project } from './project.js'
import { projectFrom } from './snapshot.js'
import type { World } from './world.js'

const made = (drafts: readonly EventDraft[]): LedgerEvent[] =>
  drafts.map(
    (draft, n) =>
      ({ id: `e${n}`, source: 'run:1', actor: 'test', cause: [], timestamp: '', ...draft }) as unknown as LedgerEvent
  )
const object = (id: string, data: object = {}, type = 'Task'): EventDraft => ({
  type: 'object.created',
  data: { id, type, data: data as never }
})
const patch = (id: string, data: object): EventDraft => ({ type: 'object.patched', data: { id, patch: data as never } })
const relate = (id: string, source_id: string, target_id: string): EventDraft => ({
  type: 'relation.created',
  data: { id, type: 'needs', source_id, target_id, data: {} }
})
const unrelate = (id: string): EventDraft => ({ type: 'relation.removed', data: { id } })

/** Counts what is read, as files would have to be. */
async function ledgerOf(events: readonly LedgerEvent[], name = 'run:1') {
  const ledger = await openLedger(memoryLedgerStore(), name)
  await ledger.append(events)
  const counted = { read: 0 }
  const counting: Ledger = {
    ...ledger,
    name,
    get length() {
      return ledger.length
    },
    async *read(from, to) {
      for await (const event of ledger.read(from, to)) {
        counted.read++
        yield event
      }
    }
  }
  return { ledger: counting, counted }
}

function snapshotsIn(texts: Map<string, string>): SnapshotStore {
  return {
    load: async name => texts.get(name),
    save: async (name, text) => void texts.set(name, text),
    remove: async name => void texts.delete(name)
  }
}

function noting() {
  const warnings: Warning[] = []
  return { warnings, host: createHost({ warn: warning => warnings.push(warning) }) }
}

/** All that can be seen of a world, with its orders. */
const seen = (world: World, ids: readonly string[]) => ({
  hash: world.hash(),
  length: world.length,
  context: world.context,
  sizes: [world.objects.size, world.relations.size],
  objects: [...world.objects],
  relations: [...world.relations],
  ends: ids.map(id => world.relationsOf(id).map(relation => relation.id))
})

const story = made([
  object('a', { n: 1 }),
  object('b'),
  relate('r', 'a', 'b'),
  relate('s', 'a', 'b'),
  patch('a', JSON.parse('{"__proto__":{"n":2},"text":"蓝 \\ud800"}')),
  relate('r', 'b', 'b'),
  relate('r', 'a', 'c'),
  unrelate('s'),
  { type: 'budget.exhausted', data: { reasons: [], event_count: 8, llm_cost_usd: 0, elapsed_seconds: 0, depth: 1 } },
  object('c'),
  patch('b', { more: true }),
  relate('s', 'c', 'a')
])

describe('a world from a snapshot', () => {
  test('is the world that the whole ledger makes, and reads only what came after', async () => {
    const texts = new Map<string, string>()
    const options = { snapshots: snapshotsIn(texts), every: 0, ...noting() }
    const first = await projectFrom((await ledgerOf(story.slice(0, 9))).ledger, options)
    expect(first.from).toBe(0)
    const { ledger, counted } = await ledgerOf(story)
    const { world, from } = await projectFrom(ledger, options)
    expect({ from, read: counted.read }).toEqual({ from: 9, read: 4 })
    const whole = project(story)
    const ids = ['a', 'b', 'c']
    for (let position = 0; position <= 12; position++) {
      expect(seen(world.at(position), ids)).toEqual(seen(whole.at(position), ids))
    }
    expect(world.context).toEqual({ budget_exhausted: true })
    expect(() => world.at(13)).toThrow('positions 0 to 12')
    expect(options.warnings).toEqual([])
  })

  test('is the same wherever the snapshot was taken, and snapshots of snapshots too', async () => {
    const name = fc.constantFrom('a', 'b', 'c')
    // What a ledger keeps: JSON has no -0.
    const json = fc.jsonValue().map(value => JSON.parse(JSON.stringify(value)) as typeof value)
    const draft = fc.oneof(
      fc.tuple(name, json).map(([id, value]) => object(id, { value })),
      fc.tuple(name, fc.dictionary(fc.string(), json)).map(([id, data]) => patch(id, data)),
      fc.tuple(name, name, name).map(([id, source, target]) => relate(id, source, target)),
      name.map(unrelate)
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(draft, { maxLength: 25 }),
        fc.array(fc.nat(28), { maxLength: 3 }),
        async (drafts, at) => {
          const events = made([object('a'), object('b'), object('c'), ...drafts])
          const snapshots = snapshotsIn(new Map())
          const { host, warnings } = noting()
          const cuts = at.map(cut => Math.min(cut, events.length)).sort((a, b) => a - b)
          for (const cut of cuts) {
            await projectFrom((await ledgerOf(events.slice(0, cut))).ledger, { snapshots, host, every: 0 })
          }
          const found = await projectFrom((await ledgerOf(events)).ledger, { snapshots, host, every: 0 })
          const whole = project(events)
          expect(found.from).toBe(cuts.at(-1) ?? 0)
          for (let position = 0; position <= events.length; position++) {
            expect(seen(found.world.at(position), ['a', 'b', 'c'])).toEqual(seen(whole.at(position), ['a', 'b', 'c']))
          }
          expect(warnings).toEqual([])
        }
      )
    )
  })

  test('is kept anew only when much has come since', async () => {
    const texts = new Map<string, string>()
    const snapshots = snapshotsIn(texts)
    const project = async (length: number) =>
      (await projectFrom((await ledgerOf(story.slice(0, length))).ledger, { snapshots, every: 4 })).from
    expect(await project(4)).toBe(0)
    expect(texts.size).toBe(0)
    expect(await project(5)).toBe(0)
    expect(texts.size).toBe(1)
    expect(await project(9)).toBe(5)
    expect(await project(10)).toBe(5)
    expect(await project(10)).toBe(10)
  })
})

describe('a snapshot that cannot be trusted', () => {
  async function kept(): Promise<string> {
    const texts = new Map<string, string>()
    await projectFrom((await ledgerOf(story.slice(0, 9))).ledger, { snapshots: snapshotsIn(texts), every: 0 })
    return texts.get('run:1') as string
  }

  async function opened(text: string, events = story, name = 'run:1') {
    const texts = new Map([[name, text]])
    const { warnings, host } = noting()
    const { ledger } = await ledgerOf(events, name)
    const { world, from } = await projectFrom(ledger, { snapshots: snapshotsIn(texts), host })
    expect(world.hash()).toBe(project(events).hash())
    expect(world.length).toBe(events.length)
    return { from, warnings, left: texts.size }
  }

  test('since any one sign of it was changed, or it was cut anywhere, is left alone with a warning and removed', async () => {
    const text = await kept()
    expect(await opened(text)).toEqual({ from: 9, warnings: [], left: 1 })
    for (let at = 0; at < text.length; at++) {
      const sign = text[at] === '1' ? '2' : '1'
      for (const damaged of [text.slice(0, at) + sign + text.slice(at + 1), text.slice(0, at)]) {
        const { from, warnings, left } = await opened(damaged)
        expect({ at, from, left, kinds: warnings.map(({ area, kind }) => `${area} ${kind}`) }).toEqual({
          ...{ at, from: 0, left: 0 },
          kinds: ['snapshot distrusted']
        })
      }
    }
  })

  test('since it is of another ledger, or the ledger is another one now', async () => {
    const text = await kept()
    const other = made([...Array.from({ length: 20 }, () => object('a'))])
    const changed = story.map((event, n) => (n === 8 ? { ...event, actor: 'other' } : event))
    for (const found of [
      await opened(text, story, 'run:2'),
      await opened(text, other),
      await opened(text, changed),
      await opened(text, story.slice(0, 8)),
      await opened(text, []),
      await opened(text.replace('"daybook":2', '"daybook":1'))
    ]) {
      expect(found).toMatchObject({ from: 0, left: 0, warnings: [{ kind: 'distrusted' }] })
    }
  })

  test('or that a store cannot give or take costs a warning, not the world', async () => {
    const broken = async (): Promise<never> => {
      throw new Error('the disk is gone')
    }
    const { ledger } = await ledgerOf(story)
    const { warnings, host } = noting()
    const { world } = await projectFrom(ledger, {
      snapshots: { load: broken, save: broken, remove: broken },
      host,
      every: 0
    })
    expect(world.hash()).toBe(project(story).hash())
    expect(warnings.map(({ kind }) => kind)).toEqual(['load', 'save'])
    expect((await projectFrom(ledger)).world.hash()).toBe(world.hash())
  })
})
