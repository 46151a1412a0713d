import { expect, test } from 'vitest'
import type { EventType, LedgerEvent } from '../ledger/event.js'
import { memoryLedgerStore } from '../ledger/memory-ledger-store.js'
import { openLedger } from '../ledger/open-ledger.js'
import { deliveryBus } from './delivery-bus.js'
import { createRuntime } from './runtime.js'

const event = (type: EventType): LedgerEvent =>
  ({ id: `${type}-1`, type, source: 'run:1', actor: 't', cause: [], timestamp: '', data: {} }) as never

test('an event reaches those who want its type, in the order of subscription', () => {
  const bus = deliveryBus()
  const seen: string[] = []
  bus.subscribe(({ type }) => void seen.push(`all ${type}`), 'all')
  bus.subscribe(({ type }) => void seen.push(`one ${type}`), 'one', 'object.created')
  bus.subscribe(({ type }) => void seen.push(`two ${type}`), 'two', ['object.patched', 'object.created'])
  expect(bus.deliver(event('object.created'))).toEqual(['all', 'one', 'two'])
  expect(bus.deliver(event('object.patched'))).toEqual(['all', 'two'])
  expect(bus.deliver(event('llm.request'))).toEqual(['all'])
  expect(seen).toEqual([
    ...['all object.created', 'one object.created', 'two object.created'],
    ...['all object.patched', 'two object.patched', 'all llm.request']
  ])
})

test('one that throws is left out of the result and told of, and the others still get the event', async () => {
  const errors: unknown[] = []
  const bus = deliveryBus({ onError: (error, name, { id }) => errors.push([(error as Error).message, name, id]) })
  bus.subscribe(() => {
    throw new Error('at once')
  }, 'bad')
  bus.subscribe(() => Promise.reject(new Error('later')), 'slow')
  bus.subscribe(() => {}, 'good')
  expect(bus.deliver(event('object.created'))).toEqual(['slow', 'good'])
  await Promise.resolve()
  expect(errors).toEqual([
    ['at once', 'bad', 'object.created-1'],
    ['later', 'slow', 'object.created-1']
  ])
})

test('a subscription ends by its own handle, or all of a name at once', () => {
  const bus = deliveryBus()
  const leave = bus.subscribe(() => {}, 'twice')
  bus.subscribe(() => {}, 'twice')
  bus.subscribe(() => {}, 'twice')
  leave()
  leave()
  expect(bus.length).toBe(2)
  expect(bus.unsubscribe('twice')).toBe(true)
  expect(bus.unsubscribe('twice')).toBe(false)
  expect(bus.deliver(event('object.created'))).toEqual([])
})

test('a subscriber may leave while it is told', () => {
  const bus = deliveryBus()
  const leave = bus.subscribe(() => leave(), 'once')
  bus.subscribe(() => {}, 'other')
  expect(bus.deliver(event('object.created'))).toEqual(['once', 'other'])
  expect(bus.deliver(event('object.created'))).toEqual(['other'])
})

test('its responder hears all of a run and emits nothing; a crash in a subscriber does not stop the run', async () => {
  const bus = deliveryBus({ onError: () => {} })
  const seen: string[] = []
  bus.subscribe(({ type }) => void seen.push(type), 'watch')
  bus.subscribe(() => {
    throw new Error('crash')
  }, 'bad')
  const ledger = await openLedger(memoryLedgerStore(), 'run:1')
  expect(bus.responder).toMatchObject({ name: 'delivery.bus', types: [] })
  await createRuntime({ ledger, responders: [bus.responder] }).run([
    { type: 'object.created', data: { id: 'a', type: 'T' } },
    { type: 'object.patched', data: { id: 'a', patch: {} } }
  ])
  expect(seen).toEqual(['object.created', 'object.patched'])
  expect(ledger.length).toBe(2)
})
