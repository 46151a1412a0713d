import { describe, expect, test } from 'vitest'
import { DaybookError, InputError } from '../errors.js'
import { textLlm } from '../llm/text-llm.js'
import { forkEstimate, forkKit } from '../run/fork.js'
import type { Kit } from '../run/kit.js'
import { replayKit, strictReplay } from '../run/replay.js'
import { responder } from '../run/responder.js'
import { runKit } from '../run/run-kit.js'
import type { LedgerEvent } from './event.js'
import { importLedger } from './import.js'
import { toJSONL } from './jsonl.js'
import { memoryLedgerStore } from './memory-ledger-store.js'
import { openLedger } from './open-ledger.js'
import { type Recording, recordingsOf } from './recordings.js'
import { replayed } from './replayed.js'

const kit: Kit = {
  name: 'one',
  version: '1',
  responders: () => [
    responder('ask', 'object.created', ({ data }) =>
      data.type === 'Goal'
        ? [{ type: 'llm.request', data: { model: 'm', messages: [{ role: 'user', content: 'A?' }] } }]
        : []
    ),
    responder('note', 'llm.response', ({ data }) => [
      { type: 'object.created', data: { id: 'note', type: 'Note', data: { text: data.text } } },
      { type: 'relation.created', data: { id: 'r', type: 'of', source_id: 'note', target_id: 'goal-1' } }
    ])
  ]
}
const llm = textLlm(() => ['Yes.', 0.5])

async function ran(): Promise<LedgerEvent[]> {
  const run = await runKit(kit, 'Why?', { id: '1', ledger: await openLedger(memoryLedgerStore(), 'run:1'), llm })
  const events: LedgerEvent[] = []
  for await (const event of run.ledger.read()) events.push(event)
  return events
}

describe('rows that are no events', () => {
  test('are named by all that reads a list of events, with what to do', async () => {
    const events = await ran()
    const wrong: [unknown, string][] = [
      [null, 'it is null'],
      ['x', 'it is "x"'],
      [{ ...events[1], id: undefined }, 'its id is undefined'],
      [{ ...events[1], type: 3 }, 'its type is 3'],
      [{ ...events[1], cause: 'x' }, 'its cause is no list of ids: "x"'],
      [{ ...events[1], cause: [null] }, 'its cause is no list of ids'],
      [{ ...events[1], data: null }, 'its data is no object: null'],
      [{ ...events[1], by: {} }, 'its by is']
    ]
    for (const [row, why] of wrong) {
      const rows = events.with(1, row as never)
      const readers: (() => unknown)[] = [
        () => forkEstimate(rows, 2),
        () => replayKit(kit, rows),
        () => strictReplay(rows, { responders: [] }),
        () => replayed(rows)
      ]
      for (const read of readers) {
        const failure = await (async () => read())().then(
          () => undefined,
          (error: unknown) => error as DaybookError
        )
        expect(failure).toBeInstanceOf(InputError)
        expect(failure?.message).toContain(`Row 2 is no event: ${why}`)
        expect([failure?.hint, failure?.data]).toEqual([expect.stringContaining('Leave it out'), { row: 1 }])
      }
    }
    expect(() => toJSONL(events.with(1, null as never))).toThrow('Row 2 is no event: it is null.')
    expect(() => replayed(7 as never)).toThrow(DaybookError)
  })
})

test('an imported answer that does not say what an answer says is none', async () => {
  const events = await ran()
  const at = events.findIndex(({ type }) => type === 'llm.response')
  for (const more of [{ text: null }, { text: 7 }, { tool_calls: 'x' }, { tool_calls: [null] }]) {
    const answer = events[at] as LedgerEvent<'llm.response'>
    const rows = events.with(at, { ...answer, data: { ...answer.data, ...more } } as never)
    const [asked] = recordingsOf(rows)
    const { request } = asked as Recording
    await expect(replayed(rows)(request)).rejects.toThrow('is the same, but has no answer')
    expect(await forkEstimate(rows, at, {})).toMatchObject({ calls: 0 })
    expect(await forkEstimate(rows, at - 1, { strict: true })).toMatchObject({ calls: 0, endsAt: at - 1 })
  }
})

test('a ledger with anything wrong in any field of an event is forked and replayed, or refused in words', async () => {
  const events = await ran()
  const values = [null, 'x', [null]]
  for (const [row, event] of events.entries()) {
    const fields = ['id', 'type', 'source', 'actor', 'cause', 'timestamp', 'data', 'by'] as const
    const members = [
      ...Object.keys(event.data),
      ...(event.type === 'kit.loaded' ? ['options', 'budget'] : ['usage', 'tools'])
    ]
    for (const value of values) {
      const wrong = [
        value,
        ...fields.map(field => ({ ...event, [field]: value })),
        ...members.map(member => ({ ...event, data: { ...event.data, [member]: value } }))
      ]
      for (const one of wrong) await reads(events.with(row, one as never), row)
    }
  }
}, 60_000)

async function reads(rows: readonly LedgerEvent[], row: number): Promise<void> {
  const store = memoryLedgerStore()
  const text = rows.map(event => JSON.stringify(event)).join('\n')
  const inWords = (error: unknown): void => {
    if (!(error instanceof DaybookError)) throw error
  }
  await importLedger(store, text, { name: 'run:1', partial: true }).catch(inWords)
  const parent = await openLedger(store, 'run:1')
  const imported: LedgerEvent[] = []
  for await (const event of parent.read()) imported.push(event)
  const position = Math.min(row, imported.length)
  for (const strict of [true, false]) {
    await forkEstimate(imported, position, { strict }).catch(inWords)
    await forkKit(kit, { parent, position, id: `strict-${strict}`, strict, llm }).catch(inWords)
  }
  await replayKit(kit, imported).catch(inWords)
  await replayKit(kit, rows).catch(inWords)
  for (const { request } of recordingsOf(imported)) await replayed(imported)(request).catch(inWords)
}
