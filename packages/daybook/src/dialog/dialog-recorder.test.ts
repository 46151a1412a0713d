import { expect, test } from 'vitest'
import { InputError } from '../errors.js'
import { createHost, type Warning } from '../host.js'
import type { EventDraft, LedgerEvent } from '../ledger/event.js'
import type { Ledger } from '../ledger/ledger.js'
import { memoryLedgerStore } from '../ledger/memory-ledger-store.js'
import { openLedger } from '../ledger/open-ledger.js'
import { Dialog } from './dialog.js'
import { dialogRecorder } from './dialog-recorder.js'

const host = createHost({ now: () => Date.UTC(2026, 0, 1), warn: () => {} })

async function eventsOf(ledger: Ledger): Promise<LedgerEvent[]> {
  const events: LedgerEvent[] = []
  for await (const event of ledger.read()) events.push(event)
  return events
}

const open = () => openLedger(memoryLedgerStore(), 'session:1', { host })

/** A ledger whose appends wait until they are let go, or fail. */
function heldLedger() {
  const batches: (readonly LedgerEvent[])[] = []
  const waiting: { resolve: (length: number) => void; reject: (error: unknown) => void }[] = []
  const ledger = {
    name: 'session:1',
    append(events: readonly LedgerEvent[]) {
      batches.push(events)
      return new Promise<number>((resolve, reject) => waiting.push({ resolve, reject }))
    }
  } as unknown as Ledger
  const turn = () => new Promise<void>(resolve => queueMicrotask(() => queueMicrotask(() => queueMicrotask(resolve))))
  return {
    ledger,
    batches,
    turn,
    async next(error?: unknown) {
      const { resolve, reject } = waiting.shift() ?? {}
      if (error === undefined) resolve?.(0)
      else reject?.(error)
      await turn()
    }
  }
}

const draft = (index: number, more: Partial<EventDraft> = {}): EventDraft => ({
  type: 'message.appended',
  data: { dialog_id: 'a', index, message: { id: `${index}`, role: 'user', content: 'x' } },
  ...more
})

test('a dialog is in its ledger, in order, with times and actors', async () => {
  const ledger = await open()
  const recorder = dialogRecorder(ledger, { host, actor: 'pilot' })
  const dialog = new Dialog({ onEvent: recorder.record })
  const hello = dialog.putText('Hello')
  const fork = dialog.fork()
  fork.append({ role: 'assistant', content: 'Hi', name: 'mate' })
  await recorder.settled()
  const events = await eventsOf(ledger)
  expect(events.map(({ type, actor }) => [type, actor])).toEqual([
    ['dialog.opened', 'pilot'],
    ['message.appended', 'pilot'],
    ['dialog.forked', 'pilot'],
    ['message.appended', 'mate']
  ])
  expect(events[1]?.data).toEqual({ dialog_id: dialog.id, index: 0, message: hello })
  expect(new Set(events.map(({ source, timestamp }) => `${source} ${timestamp}`))).toEqual(
    new Set(['session:1 2026-01-01T00:00:00.000Z'])
  )
})

test('each event follows from the one before it in its dialog, a fork from its parent', async () => {
  const ledger = await open()
  const recorder = dialogRecorder(ledger, { host })
  const dialog = new Dialog({ onEvent: recorder.record })
  dialog.putText('one')
  const fork = dialog.fork()
  dialog.putText('two')
  fork.putText('other')
  recorder.record(draft(9, { cause: ['given'] }))
  await recorder.settled()
  const [opened, one, forked, two, other, given] = await eventsOf(ledger)
  expect(opened?.cause).toEqual([])
  expect([one, forked, two, other].map(event => event?.cause)).toEqual([
    [opened?.id],
    [one?.id],
    [one?.id],
    [forked?.id]
  ])
  expect(given?.cause).toEqual(['given'])
})

test('the same program has the same ids, and two recorders never share one', async () => {
  const idsOf = async (id: string): Promise<string[]> => {
    const ledger = await open()
    const recorder = dialogRecorder(ledger, { host: { ...host, id: () => id } })
    for (let index = 0; index < 3; index++) recorder.record(draft(index))
    await recorder.settled()
    return (await eventsOf(ledger)).map(event => event.id)
  }
  const ids = await idsOf('r1')
  expect(await idsOf('r1')).toEqual(ids)
  expect(new Set([...ids, ...(await idsOf('r2'))]).size).toBe(6)
  expect(ids[0]).toMatch(/^message\.appended-[\w-]{22}$/)
})

test('drafts that wait together are one batch, and one append is under way at a time', async () => {
  const { ledger, batches, next, turn } = heldLedger()
  const recorder = dialogRecorder(ledger, { host })
  const sizes = () => batches.map(batch => batch.length)
  for (let index = 0; index < 3; index++) recorder.record(draft(index))
  expect(sizes()).toEqual([])
  await turn()
  expect(sizes()).toEqual([3])
  for (let index = 3; index < 7; index++) {
    recorder.record(draft(index))
    await turn()
  }
  expect(sizes()).toEqual([3])
  await next()
  expect(sizes()).toEqual([3, 4])
  await next()
  expect(batches.flat().map(({ data }) => (data as { index: number }).index)).toEqual([0, 1, 2, 3, 4, 5, 6])
})

test('settled waits for what was recorded before it, and not for what comes after', async () => {
  const { ledger, batches, next, turn } = heldLedger()
  const recorder = dialogRecorder(ledger, { host })
  await recorder.settled()
  recorder.record(draft(0))
  await turn()
  recorder.record(draft(1))
  let settled = false
  const done = recorder.settled().then(() => {
    settled = true
  })
  await next()
  expect(settled).toBe(false)
  recorder.record(draft(2))
  await next()
  await done
  expect(batches.length).toBe(3)
})

test('what could not be written is told once, with the events, and what comes after is tried', async () => {
  const warnings: Warning[] = []
  const { ledger, batches, next, turn } = heldLedger()
  const recorder = dialogRecorder(ledger, { host: { ...host, warn: warning => warnings.push(warning) } })
  recorder.record(draft(0))
  await turn()
  recorder.record(draft(1))
  const full = new InputError('The disk is full.')
  await next(full)
  await next()
  expect(warnings).toMatchObject([
    { area: 'ledger', kind: 'write', message: expect.stringContaining('The disk is full.') }
  ])
  await expect(recorder.settled()).rejects.toMatchObject({
    name: 'LedgerWriteError',
    kind: 'ledger',
    hint: 'The disk is full.',
    cause: full,
    data: { events: batches[0] }
  })
  await recorder.settled()
  expect(batches.length).toBe(2)
})

test('what could not be written can be appended as it is', async () => {
  const ledger = await open()
  let broken = true
  const append: Ledger['append'] = events => (broken ? Promise.reject(new Error('later')) : ledger.append(events))
  const recorder = dialogRecorder({ ...ledger, append }, { host })
  const dialog = new Dialog({ onEvent: recorder.record })
  dialog.putText('Hello')
  const error = await recorder.settled().catch((caught: unknown) => caught)
  broken = false
  await ledger.append((error as { data: { events: LedgerEvent[] } }).data.events)
  expect((await eventsOf(ledger)).map(({ type }) => type)).toEqual(['dialog.opened', 'message.appended'])
})

test('a ledger that stays broken does not fill the memory: a thousand events are kept, all are counted', async () => {
  const ledger = { name: 'session:1', append: () => Promise.reject(new Error('broken')) } as unknown as Ledger
  const recorder = dialogRecorder(ledger, { host })
  for (let index = 0; index < 2500; index++) {
    recorder.record(draft(index))
    if (index % 700 === 0) await Promise.resolve()
  }
  const error = (await recorder.settled().catch((caught: unknown) => caught)) as Error & { data: { events: unknown[] } }
  expect(error.message).toMatch(/^2500 events/)
  expect(error.data.events.length).toBe(1000)
})

test('a ledger that throws at once, or was closed, is a rejection of settled and of nothing else', async () => {
  const throwing = {
    name: 'session:1',
    append: () => {
      throw new Error('at once')
    }
  } as unknown as Ledger
  const closed = await open()
  await closed.close()
  for (const ledger of [throwing, closed]) {
    const recorder = dialogRecorder(ledger, { host })
    new Dialog({ onEvent: recorder.record }).putText('Hello')
    // A turn of the loop without anybody waiting: an unhandled rejection would fail the whole run.
    await new Promise(resolve => setTimeout(resolve))
    await expect(recorder.settled()).rejects.toMatchObject({ kind: 'ledger' })
  }
})

test('a draft that is no JSON is refused at once, and the others are written', async () => {
  const ledger = await open()
  const recorder = dialogRecorder(ledger, { host })
  recorder.record(draft(0))
  expect(() => recorder.record({ type: 'tool.returned', data: { result: new Date(0) } } as never)).toThrow(
    /cannot hold Date/
  )
  recorder.record(draft(1))
  await recorder.settled()
  expect((await eventsOf(ledger)).length).toBe(2)
})

test('200 turns of 2 kB are written once each: the ledger grows with the dialog and not with its square', async () => {
  const bytesAfter = async (turns: number): Promise<number> => {
    const ledger = await open()
    const recorder = dialogRecorder(ledger, { host })
    const dialog = new Dialog({ onEvent: recorder.record })
    for (let turn = 0; turn < turns; turn++) {
      dialog.putText('q'.repeat(2048))
      dialog.append({ role: 'assistant', content: 'a'.repeat(2048), usage: { input_tokens: 1, output_tokens: 1 } })
    }
    for (let fork = 0; fork < turns; fork++) dialog.fork({ lastN: 20 })
    await recorder.settled()
    return (await eventsOf(ledger)).reduce((sum, event) => sum + JSON.stringify(event).length, 0)
  }
  const [half, whole] = [await bytesAfter(100), await bytesAfter(200)]
  expect(whole / half).toBeLessThan(2.02)
  // The messages themselves are 819 kB.
  expect(whole).toBeLessThan(1_050_000)
})
