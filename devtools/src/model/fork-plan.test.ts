import { createDaybook, forkEstimate, type LedgerEvent, memoryLedgerStore } from 'daybook'
import { simulatedFetch } from 'daybook/testing'
import diligence from 'daybook-kits/diligence'
import research from 'daybook-kits/research'
import { expect, test } from 'vitest'
import { createBook } from './book.js'
import { answered, asked, bookOf } from './events.fixture.js'
import { editedData, type ForkForm, formOf, noEdits } from './fork-draft.js'
import { planFork } from './fork-plan.js'

const fetch = simulatedFetch({ speed: Number.POSITIVE_INFINITY })

test.each([research, diligence])(
  'at every event of a run of $name, the plan counts the calls that the library counts',
  async kit => {
    const daybook = createDaybook({
      model: 'anthropic/claude-haiku-4-5',
      fetch,
      store: memoryLedgerStore(),
      cache: false
    })
    await daybook.run(kit, 'Is tea warm?', { id: '8' })
    const events: LedgerEvent[] = []
    for await (const event of (await daybook.ledgers.open('run:8')).read()) events.push(event)
    const book = createBook('run:8')
    for (const event of events) book.add(event)
    let compared = 0
    for (const [position, event] of events.entries()) {
      const same = planFork(book, { position, changed: undefined, single: false, strict: false })
      expect(same.calls).toHaveLength((await forkEstimate(events, position)).calls)
      const strictly = planFork(book, { position, changed: undefined, single: false, strict: true })
      expect([strictly.calls, strictly.endsAt]).toEqual([[], undefined])
      const form = formOf(event) as ForkForm
      if (typeof form === 'string') continue
      const text =
        form.kind === 'request'
          ? { '/messages/0/content': 'Something else' }
          : form.field.path === ''
            ? { '/': form.field.before.replace(/"text": "[^"]*"/, '"text": "Is coffee warm?"') }
            : { '/text': 'No.' }
      const edited = editedData(event, form, { ...noEdits, texts: text as Record<string, string> })
      if (edited.count === 0) continue
      const estimate = await forkEstimate(events, position, { change: edited.change })
      const plan = planFork(book, { position, changed: event.id, data: edited.data, single: false, strict: false })
      expect(plan.calls.length, `${position} ${event.type}`).toBe(estimate.calls)
      expect(plan.fateOf(position)).toBe('edited')
      if (position > 0) expect(plan.fateOf(position - 1)).toBe('recorded')
      compared++
    }
    expect(compared).toBeGreaterThan(2)
  }
)

test('what follows from the change may change, its calls run again, and what is beside it is recorded', async () => {
  const book = bookOf(
    asked('q1', 'How far?', 0),
    asked('q2', 'How much?', 0),
    answered('a1', 'q1', {}, 1000),
    answered('a2', 'q2', {}, 3000),
    asked('q3', 'And so?', 3000, ['a1'])
  )
  const plan = planFork(book, {
    position: 0,
    changed: 'q1',
    data: { model: 'x/y', messages: [] },
    single: false,
    strict: false
  })
  expect([0, 1, 2, 3, 4].map(plan.fateOf)).toEqual(['edited', 'recorded', 'runs again', 'recorded', 'runs again'])
  expect(plan.calls).toMatchObject([
    { row: 0, why: 'edited', inputTokens: 100, outputTokens: 40, costUsd: 0.002 },
    { row: 4, why: 'its cause changed', costUsd: undefined }
  ])
  expect([plan.kept, plan.ms]).toEqual([2, 1000])
})

test('of a ledger that is no run, only the one call is made again', async () => {
  const book = bookOf(asked('q1', 'How far?'), answered('a1', 'q1'), asked('q2', 'And so?', 2000, ['a1']))
  const plan = planFork(book, { position: 0, changed: 'q1', data: {}, single: true, strict: false })
  expect(plan.calls.map(({ row }) => row)).toEqual([0])
  expect(planFork(book, { position: 1, changed: 'a1', single: true, strict: false }).calls).toEqual([])
})

test('a strict fork asks up to the first call that has no answer and does not follow, as the library counts it', async () => {
  const events = [
    asked('q1', 'How far?', 0),
    answered('a1', 'q1', {}, 1000),
    asked('q2', 'And so?', 1000, ['a1']),
    answered('a2', 'q2', {}, 2000),
    asked('q3', 'Who knows?', 2000),
    asked('q4', 'And then?', 3000, ['a2'])
  ]
  const book = bookOf(...events)
  const data = { ...events[0]?.data, model: 'x/z' }
  const given = { position: 0, changed: 'q1', data, single: false }
  const plan = planFork(book, { ...given, strict: true })
  expect(plan.calls.map(({ row }) => row)).toEqual([0, 2])
  expect(plan.endsAt).toBe(4)
  expect([0, 1, 2, 3, 4, 5].map(plan.fateOf)).toEqual([
    ...['edited', 'runs again', 'runs again', 'runs again'],
    ...['ends it', 'not reached']
  ])
  const change = { set: { model: 'x/z' } }
  const estimate = await forkEstimate(events, 0, { change, strict: true })
  expect([estimate.calls, estimate.endsAt]).toEqual([2, 4])
  const permissive = planFork(book, { ...given, strict: false })
  expect([permissive.calls.length, permissive.endsAt]).toEqual([
    (await forkEstimate(events, 0, { change })).calls,
    undefined
  ])
  // An answer that says that nothing was recorded is none.
  const refused = { ...answered('a3', 'q3'), type: 'llm.failed', data: { kind: 'replay', message: 'x' } } as never
  const again = planFork(bookOf(...events, refused), { position: 4, changed: undefined, single: false, strict: true })
  expect(again.endsAt).toBe(4)
})
