import type { Ledger, LedgerEvent, LedgerSignal } from 'daybook'
import { expect, test } from 'vitest'
import { answered, asked, text } from '../model/events.fixture.js'
import { daybookSource, ledgerSource } from './from-daybook.js'
import { sourceOf } from './source-of.js'

/** As much of a ledger as a source reads. */
function ledgerOf(events: LedgerEvent[], early: LedgerSignal[] = []) {
  const listeners = new Set<(event: LedgerEvent, position: number) => void>()
  const onSignals = new Set<(signal: LedgerSignal) => void>()
  let closed = 0
  const ledger = {
    name: 'run:8',
    get length() {
      return events.length
    },
    read: () => events,
    signals: (request: string) => early.filter(signal => signal.request === request),
    subscribe(
      listener: (event: LedgerEvent, position: number) => void,
      { from = events.length, onSignal = (_signal: LedgerSignal) => {} } = {}
    ) {
      for (let at = from; at < events.length; at++) listener(events[at] as LedgerEvent, at)
      listeners.add(listener)
      onSignals.add(onSignal)
      return () => {
        listeners.delete(listener)
        onSignals.delete(onSignal)
      }
    },
    close: () => Promise.resolve(void closed++)
  } as unknown as Ledger
  return {
    ledger,
    add(event: LedgerEvent) {
      events.push(event)
      for (const listener of listeners) listener(event, events.length - 1)
    },
    signal(signal: LedgerSignal) {
      for (const listener of onSignals) listener(signal)
    },
    listening: () => listeners.size,
    closed: () => closed
  }
}

const task = (): Promise<void> => new Promise(resolve => setTimeout(resolve))

test('a ledger is followed from its begin, in batches, and live', async () => {
  const { ledger, add, signal } = ledgerOf([asked('q1', 'a'), answered('a1', 'q1')])
  const seen: unknown[] = []
  ledgerSource(ledger).follow('run:8', {
    events: (from, events) => seen.push([from, events.length]),
    signals: signals => seen.push(signals.map(item => item.n))
  })
  await task()
  add(asked('q2', 'b'))
  signal(text('q2', 0, 'x'))
  signal(text('q2', 1, 'y'))
  await task()
  expect(seen).toEqual([
    [0, 2],
    [2, 1],
    [0, 1]
  ])
})

test('who comes in the middle of an answer gets the deltas so far', async () => {
  const { ledger } = ledgerOf([asked('q1', 'a')], [text('q1', 0, 'Be'), text('q1', 1, 'cause')])
  const seen: number[] = []
  ledgerSource(ledger).follow('run:8', {
    events: () => {},
    signals: signals => seen.push(...signals.map(item => item.n))
  })
  await task()
  expect(seen).toEqual([0, 1])
})

test('a Daybook lists its ledgers, opens one to follow it, and closes it at the end', async () => {
  const fake = ledgerOf([asked('q1', 'a')])
  const info = { name: 'run:8', length: 1, created: '2026-11-20T09:14:02.000Z', updated: '2026-11-20T09:14:02.000Z' }
  const source = daybookSource({
    ledgers: { list: () => Promise.resolve([info]), open: () => Promise.resolve(fake.ledger) }
  })
  const names: string[] = []
  const unwatch = source.watch(ledgers => names.push(...ledgers.map(item => item.name)))
  const stop = source.follow('run:8', { events: () => {}, signals: () => {} })
  await task()
  expect(names).toEqual(['run:8'])
  expect(fake.listening()).toBe(1)
  stop()
  unwatch()
  expect(fake.listening()).toBe(0)
  expect(fake.closed()).toBe(1)
})

test('a store that cannot be read is told', async () => {
  const broken = { list: () => Promise.reject(new Error('no disk')), open: () => Promise.reject(new Error('no disk')) }
  const source = daybookSource({ ledgers: broken })
  const messages: (string | undefined)[] = []
  const unwatch = source.watch(
    () => {},
    status => messages.push(status.message)
  )
  source.follow('run:8', { events: () => {}, signals: () => {}, state: status => messages.push(status.message) })
  await task()
  unwatch()
  expect(messages.filter(message => message?.includes('no disk'))).toHaveLength(2)
})

test('a Daybook, a ledger and a source are told apart, and nothing else is taken', () => {
  const { ledger } = ledgerOf([])
  const source = ledgerSource(ledger)
  expect(sourceOf(source)).toMatchObject({ label: 'this page', kind: 'page', noFork: source.noFork })
  expect(sourceOf(ledger).kind).toBe('page')
  expect(() => sourceOf({} as never)).toThrow(TypeError)
})
