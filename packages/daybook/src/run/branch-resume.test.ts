import { expect, test } from 'vitest'
import type { EventDraft, LedgerEvent } from '../ledger/event.js'
import type { Ledger } from '../ledger/ledger.js'
import { memoryLedgerStore } from '../ledger/memory-ledger-store.js'
import { openLedger } from '../ledger/open-ledger.js'
import { responder } from './responder.js'
import { createRuntime } from './runtime.js'

const create = (id: string): EventDraft => ({ type: 'object.created', data: { id, type: 'T' } })

async function eventsOf(ledger: Ledger): Promise<LedgerEvent[]> {
  const events: LedgerEvent[] = []
  for await (const event of ledger.read()) events.push(event)
  return events
}

/** Each object makes two more, until their names are three letters long. */
function growing(heard: string[]) {
  return responder('grow', 'object.created', ({ data: { id } }) => {
    heard.push(id)
    return id.length < 3 ? [create(`${id}a`), create(`${id}b`)] : []
  })
}

/** The first `position` events of a run, the mark of the branch, and what these events had led to. */
function branchOf(events: readonly LedgerEvent[], position: number, data: object = {}): LedgerEvent[] {
  const prefix = events.slice(0, position)
  const triggers = new Set(['seed', ...prefix.map(({ id }) => id)])
  const carried = events.slice(position).filter(({ by = '' }) => triggers.has(by.slice(0, by.lastIndexOf('#'))))
  const mark = {
    ...(events[0] as LedgerEvent),
    ...{ id: 'branched', type: 'branch.created', source: 'branch:x', by: undefined },
    data: { branch_id: 'x', parent: 'run:1', fork_position: position, carried: carried.length, root: 'run:1', ...data }
  }
  return [...prefix, mark as unknown as LedgerEvent, ...carried]
}

test('a branch goes on from what was appended along with it, and nothing before it happens again', async () => {
  const parent = await openLedger(memoryLedgerStore(), 'run:1')
  await createRuntime({ ledger: parent, responders: [growing([])] }).run([create('x'), create('y')])
  const events = await eventsOf(parent)
  expect(events.length).toBe(14)

  for (let position = 0; position <= events.length; position++) {
    const branch = await openLedger(memoryLedgerStore(), 'run:copy')
    const begun = branchOf(events, position)
    await branch.append(begun)
    const heard: string[] = []
    await createRuntime({ ledger: branch, responders: [growing(heard)] }).resume()
    const found = await eventsOf(branch)
    expect(found.map(({ id }) => id)).toEqual(
      begun
        .slice(0, position + 1)
        .concat(events.slice(position))
        .map(({ id }) => id)
    )
    expect(heard).toEqual(events.slice(position).map(event => (event as LedgerEvent<'object.created'>).data.id))

    // Taken up again, it has nothing more to say.
    await createRuntime({ ledger: branch, responders: [growing([])] }).resume()
    expect(branch.length).toBe(found.length)
  }
})

test('a branch that was stopped in its own tail is taken up there', async () => {
  const parent = await openLedger(memoryLedgerStore(), 'run:1')
  await createRuntime({ ledger: parent, responders: [growing([])] }).run([create('x'), create('y')])
  const events = await eventsOf(parent)
  const begun = branchOf(events, 1)
  for (const kept of [begun.length, begun.length + 6]) {
    const branch = await openLedger(memoryLedgerStore(), 'run:copy')
    await branch.append([...begun, ...events.slice(begun.length - 1)].slice(0, kept))
    const heard: string[] = []
    await createRuntime({ ledger: branch, responders: [growing(heard)] }).resume()
    const types = new Set((await eventsOf(branch)).slice(kept).map(({ type }) => type))
    expect(types.has('run.resumed' as never)).toBe(kept > begun.length)
    expect(heard).not.toContain('x')
    expect((await createRuntime({ ledger: branch, responders: [] }).load()).objects.size).toBe(14)
  }
})

test('the time between a run and its branch counts for nobody', async () => {
  const at = (ms: number): string => new Date(ms).toISOString()
  const [seed, mark] = branchOf([{ ...events0(), timestamp: at(0) }], 1)
  const late = { ...(mark as LedgerEvent), timestamp: at(9e6) }
  const carried = { ...(seed as LedgerEvent), id: 'old', timestamp: at(5) }
  const branch = await openLedger(memoryLedgerStore(), 'run:copy')
  await branch.append([seed as LedgerEvent, late, carried])
  const runtime = createRuntime({ ledger: branch, responders: [], budget: { maxSeconds: 60 } })
  await runtime.resume()
  expect((await eventsOf(branch)).map(({ type }) => type)).not.toContain('budget.exhausted')
})

function events0(): LedgerEvent {
  return {
    ...{ id: 'e', type: 'object.created', source: 'run:1', actor: 'runtime', cause: [], by: 'seed#0', timestamp: '' },
    data: { id: 'x', type: 'T' }
  } as unknown as LedgerEvent
}
