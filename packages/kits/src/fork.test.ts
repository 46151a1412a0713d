/** Runs of the kits on simulated answers, forked strictly by a Daybook: in Node and in a page. */
import { createDaybook, type Daybook, type Kit, type LedgerEvent, memoryLedgerStore, responder } from 'daybook'
import { simulatedFetch } from 'daybook/testing'
import { expect, test } from 'vitest'
import { diligence, research } from './index.js'

interface Ran {
  readonly daybook: Daybook
  readonly events: readonly LedgerEvent[]
  /** Requests that went to the provider. */
  asked(): number
}

async function ran(kit: Kit, goal: string): Promise<Ran> {
  const simulated = simulatedFetch({ speed: Number.POSITIVE_INFINITY })
  let asked = 0
  const counting: typeof fetch = (...request) => {
    asked++
    return simulated(...request)
  }
  const options = { model: 'anthropic/claude-haiku-4-5', keys: { anthropic: 'simulated' } }
  const daybook = createDaybook({ ...options, fetch: counting, store: memoryLedgerStore(), cache: false })
  const run = await daybook.run(kit, goal, { id: '1' })
  const events = await eventsOf(run.ledger)
  asked = 0
  return { daybook, events, asked: () => asked }
}

async function eventsOf(ledger: { read(): AsyncIterable<LedgerEvent> }): Promise<LedgerEvent[]> {
  const events: LedgerEvent[] = []
  for await (const event of ledger.read()) events.push(event)
  return events
}

const goals: readonly [Kit, string][] = [
  [research, 'Is tea warm?'],
  [diligence, 'Acme Widgets']
]

test.each(goals)('a strict fork of $name without a change makes no call, at any position', async (kit, goal) => {
  const { daybook, events, asked } = await ran(kit, goal)
  for (let position = 0; position <= events.length; position++) {
    const fork = await daybook.fork('1', position, { strict: true })
    expect([position, asked(), fork.costUsd, fork.failures]).toEqual([position, 0, 0, 0])
    expect(fork.events).toBe(events.length + 1)
  }
  await daybook.close()
})

test('a strict fork makes the changed calls, and the other answers are those of the run', async () => {
  const { daybook, events, asked } = await ran(research, 'Is tea warm?')
  const position = events.findIndex(({ type }) => type === 'llm.request')
  const change = { set: { 'messages.0.content': 'Is it green?' }, remove: ['max_tokens'] }
  const fork = await daybook.fork('1', position, { strict: true, change })
  expect([asked(), fork.calls, fork.failures]).toEqual([1, 1, 0])
  const changed = (await eventsOf(fork.ledger)).find(({ id }) => id === events[position]?.id)
  expect(changed?.data).not.toHaveProperty('max_tokens')
  await daybook.close()
})

test('a kit that asks something new by itself ends its strict fork before it is paid', async () => {
  const { daybook, asked } = await ran(research, 'Is tea warm?')
  // The kit was worked on since: it has a critic, who asks about every relation.
  const newer: Kit = {
    ...research,
    responders: options => [
      ...research.responders(options),
      responder('critic', 'relation.created', ({ data }) =>
        data.type === 'answers'
          ? [
              {
                type: 'llm.request',
                data: { model: 'anthropic/claude-haiku-4-5', messages: [{ role: 'user', content: 'Is that so?' }] }
              }
            ]
          : []
      )
    ]
  }
  const id = 'critic'
  const failure = await daybook.fork('1', 3, { id, kit: newer, strict: true }).then(
    () => undefined,
    (error: unknown) => error
  )
  expect(failure).toMatchObject({ name: 'ReplayMissError', kind: 'replay' })
  expect((failure as Error).message).toMatch(
    /^The strict branch ends at position \d+: .* There, critic asks "anthropic\/claude-haiku-4-5" "Is that so\?"\. The nearest, llm\.request-[\w-]+, differs at \/m/
  )
  expect(asked()).toBe(0)
  const branch = await eventsOf(await daybook.ledgers.open('branch:critic'))
  expect(branch.at(-1)).toMatchObject({ type: 'warning.raised', data: { area: 'run', kind: 'strict' } })
  const count = (type: string): number => branch.filter(event => event.type === type).length
  expect(count('llm.request')).toBe(count('llm.failed') + count('llm.response'))
  // Permissively, it is asked.
  const fork = await daybook.fork('1', 3, { kit: newer })
  expect(fork.failures).toBe(0)
  expect(asked()).toBeGreaterThan(0)
  await daybook.close()
})
