/** What every store of ledgers must do. Works with any test runner: pass its `test` and `expect`. */

import { createHost, type Host, type Warning } from '../host.js'
import type { AnyEvent, LedgerEvent, LedgerSignal } from '../ledger/event.js'
import type { Ledger } from '../ledger/ledger.js'
import { openLedger } from '../ledger/open-ledger.js'
import type { LedgerStore } from '../ledger/store.js'
import type { ContractTools } from './cache.contract.js'

/** Adds the tests of the contract. `make` gives an empty store for each. */
export function ledgerContract(make: () => LedgerStore | Promise<LedgerStore>, { test, expect }: ContractTools): void {
  function contract(sentence: string, body: (store: LedgerStore) => Promise<void>): void {
    test(sentence, async () => {
      const store = await make()
      try {
        await body(store)
      } finally {
        await store.close?.()
      }
    })
  }

  contract('a ledger that nobody wrote to is empty and not listed', async store => {
    expect(await store.length('run:none')).toEqual(0)
    expect(await all(store.read('run:none'))).toEqual([])
    expect(await store.list()).toEqual([])
  })

  contract('append gives the new length, over several batches', async store => {
    const ledger = await openLedger(store, 'run:1')
    expect(await ledger.append([event('a')])).toEqual(1)
    expect(await ledger.append([event('b'), event('c')])).toEqual(3)
    expect(await ledger.append([event('d')])).toEqual(4)
    expect(ledger.length).toEqual(4)
    expect(await store.length('run:1')).toEqual(4)
    expect(await ids(ledger)).toEqual(['a', 'b', 'c', 'd'])
  })

  contract('an empty batch changes nothing and makes no ledger', async store => {
    const ledger = await openLedger(store, 'run:1')
    expect(await ledger.append([])).toEqual(0)
    expect(await store.list()).toEqual([])
    await ledger.append([event('a')])
    expect(await ledger.append([])).toEqual(1)
    expect(await failure(ledger.append([], { expected: 3 }))).toEqual('WrongExpectedVersionError')
  })

  contract('read begins and ends where it is told to', async store => {
    const ledger = await openLedger(store, 'run:1')
    await ledger.append([0, 1, 2].map(numbered))
    await ledger.append([3, 4].map(numbered))
    await ledger.append([5, 6, 7, 8, 9].map(numbered))
    expect(await ids(ledger, 5)).toEqual(['e5', 'e6', 'e7', 'e8', 'e9'])
    expect(await ids(ledger, 1, 4)).toEqual(['e1', 'e2', 'e3'])
    expect(await ids(ledger, 4, 4)).toEqual([])
    expect(await ids(ledger, 6, 2)).toEqual([])
    expect(await ids(ledger, 10)).toEqual([])
    expect(await ids(ledger, 99)).toEqual([])
    expect(await ids(ledger, 8, 99)).toEqual(['e8', 'e9'])
  })

  contract('a position that is none is refused at once', async store => {
    const ledger = await openLedger(store, 'run:1')
    for (const from of [null, -1, 1.5, '1', Number.NaN]) {
      expect(thrown(() => ledger.read(from as number))).toEqual('InputError')
      expect(thrown(() => ledger.subscribe(() => {}, { from: from as number }))).toEqual('InputError')
      expect(await failure(ledger.append([event('a')], { expected: from as number }))).toEqual('InputError')
    }
    expect(ledger.length).toEqual(0)
  })

  contract('events come back as they were, also to who opens the ledger anew', async store => {
    const data = {
      text: 'ünïcode ✓ 😀 \u0000 \u2028 \ud800',
      number: 1e21,
      nothing: null,
      list: [1, [], {}, 'x'],
      long: 'x'.repeat(200_000),
      ...JSON.parse('{"__proto__": {"polluted": true}, "constructor": 1, "crc": "00000000"}')
    }
    const written = [event('a', data), { ...event('b'), by: 'a#0', cause: ['a', 'elsewhere'] }]
    await (await openLedger(store, 'run:1')).append(written)
    const read = await all((await openLedger(store, 'run:1')).read())
    expect(read.map(one => JSON.parse(JSON.stringify(one)))).toEqual(JSON.parse(JSON.stringify(written)))
    const [first] = read as unknown as [{ data: { data: object } }]
    expect(Object.hasOwn(first.data.data, '__proto__')).toEqual(true)
    expect(({} as { polluted?: unknown }).polluted).toEqual(undefined)
  })

  contract('a dialog comes back to the letter from wherever it is read, also where it went on later', async store => {
    const said = (n: number): string => `${n} ${'what was said '.repeat(40)}`
    const messages: unknown[] = []
    const written: LedgerEvent[] = []
    for (let turn = 0; turn < 40; turn++) {
      messages.push({ role: 'user', content: said(2 * turn) })
      const text = said(2 * turn + 1)
      const message = { role: 'assistant', content: text }
      const pair = [
        { ...event(`q${turn}`, { model: 'm', messages: [...messages] }), type: 'llm.request' },
        { ...event(`a${turn}`, { text, model: 'm', cost_usd: 0, message }), type: 'llm.response' }
      ] as LedgerEvent[]
      messages.push(message)
      written.push(...pair)
      // Now together, now each by itself, now through a ledger that was opened anew.
      const ledger = await openLedger(store, 'run:1')
      if (turn % 3 === 0) await ledger.append(pair)
      else for (const one of pair) await ledger.append([one])
    }
    const texts = written.map(one => JSON.stringify(one))
    const ledger = await openLedger(store, 'run:1')
    for (const from of [0, 1, 39, 78, 79]) {
      expect((await all(ledger.read(from))).map(one => JSON.stringify(one))).toEqual(texts.slice(from))
    }
    expect((await all(ledger.read(50, 53))).map(one => JSON.stringify(one))).toEqual(texts.slice(50, 53))
    // Appended again, they are known to be there.
    expect(await ledger.append(written.slice(60, 64))).toEqual(80)
    expect(ledger.length).toEqual(80)
  })

  contract('what was appended or read cannot be changed', async store => {
    const ledger = await openLedger(store, 'run:1')
    const written = event('a', { list: [{ deep: 1 }] })
    await ledger.append([written])
    const [read] = await all(ledger.read())
    const [again] = await all((await openLedger(store, 'run:1')).read())
    for (const one of [written, read, again]) {
      const { list } = (one as LedgerEvent).data as unknown as { list: { deep: number }[] }
      expect(thrown(() => Object.assign(one as object, { id: 'x' }))).toEqual('TypeError')
      expect(thrown(() => list.push({ deep: 2 }))).toEqual('TypeError')
      expect(thrown(() => Object.assign(list[0] as object, { deep: 2 }))).toEqual('TypeError')
    }
  })

  contract('what is no event is refused, and the whole batch with it', async store => {
    const ledger = await openLedger(store, 'run:1')
    const cyclic: Record<string, unknown> = {}
    cyclic.self = cyclic
    const bad: unknown[] = [
      null,
      'a',
      { ...event('a'), id: 7 },
      { ...event('a'), cause: 'x' },
      { ...event('a'), surplus: 1 },
      event('a', { date: new Date(0) }),
      event('a', { map: new Map() }),
      event('a', { number: Number.NaN }),
      event('a', { big: BigInt(1) }),
      event('a', { call: () => 1 }),
      event('a', { list: [undefined] }),
      event('a', {
        get now() {
          return 1
        }
      }),
      event('a', cyclic)
    ]
    for (const one of bad) {
      expect(await failure(ledger.append([event('good'), one as LedgerEvent]))).toEqual('InputError')
    }
    expect(await failure(ledger.append(undefined as unknown as LedgerEvent[]))).toEqual('InputError')
    expect(await store.length('run:1')).toEqual(0)
  })

  contract('with an expected length that is not the length, nothing is appended', async store => {
    const ledger = await openLedger(store, 'run:1')
    await ledger.append([event('a')], { expected: 0 })
    const error = await caught(ledger.append([event('b')], { expected: 0 }))
    expect([error.name, error.kind, error.data]).toEqual([
      'WrongExpectedVersionError',
      'conflict',
      { expected: 0, actual: 1 }
    ])
    expect(await ledger.append([event('b')], { expected: 1 })).toEqual(2)
    expect(await ids(ledger)).toEqual(['a', 'b'])
  })

  contract('of writers that race on one length, exactly one wins', async store => {
    const ledgers = await Promise.all(Array.from({ length: 8 }, () => openLedger(store, 'run:1')))
    const outcomes = await Promise.all(
      ledgers.map((ledger, index) => failure(ledger.append([numbered(index)], { expected: 0 })))
    )
    expect(outcomes.filter(name => name === undefined).length).toEqual(1)
    expect(outcomes.filter(name => name === 'WrongExpectedVersionError').length).toEqual(7)
    expect(await store.length('run:1')).toEqual(1)
  })

  contract('appends made at once are all there, each batch together, each writer in order', async store => {
    const ledger = await openLedger(store, 'run:1')
    const writer = async (name: string): Promise<void> => {
      for (let n = 0; n < 10; n++) await ledger.append([event(`${name}${n}a`), event(`${name}${n}b`)])
    }
    await Promise.all(['p', 'q', 'r', 's'].map(writer))
    const found = await ids(ledger)
    expect(found.length).toEqual(80)
    for (const name of ['p', 'q', 'r', 's']) {
      const own = found.filter(id => id.startsWith(name))
      expect(own).toEqual(Array.from({ length: 20 }, (_, n) => `${name}${n >> 1}${n % 2 ? 'b' : 'a'}`))
    }
    for (let at = 0; at < found.length; at += 2) {
      expect(found[at + 1]).toEqual(found[at]?.replace(/a$/, 'b'))
    }
  })

  contract('an append that is made again, since its acknowledgement was lost, changes nothing', async store => {
    const ledger = await openLedger(store, 'run:1')
    const batch = [event('a'), event('b')]
    await ledger.append(batch, { expected: 0 })
    expect(await ledger.append(batch)).toEqual(2)
    expect(await ledger.append(batch, { expected: 0 })).toEqual(2)
    expect(await ledger.append([JSON.parse(JSON.stringify(batch[0]))])).toEqual(2)
    expect(await ledger.append([event('b'), event('c'), event('c')])).toEqual(3)
    expect(await ids(await openLedger(store, 'run:1'))).toEqual(['a', 'b', 'c'])
  })

  contract('an id that is there with other content is refused, and the whole batch with it', async store => {
    const ledger = await openLedger(store, 'run:1')
    await ledger.append([event('a', { n: 1 })])
    expect(await failure(ledger.append([event('b'), event('a', { n: 2 })]))).toEqual('DuplicateEventError')
    expect(await failure(ledger.append([event('c', { n: 1 }), event('c', { n: 2 })]))).toEqual('DuplicateEventError')
    expect(await ids(ledger)).toEqual(['a'])
    expect(await ledger.append([event('b')])).toEqual(2)
  })

  contract('a subscriber hears each event once, in order, with its position', async store => {
    const ledger = await openLedger(store, 'run:1')
    await ledger.append([0, 1, 2].map(numbered))
    const fromStart = heard(ledger, 0)
    const fromSecond = heard(ledger, 1)
    const fromNow = heard(ledger)
    await Promise.all(Array.from({ length: 20 }, (_, n) => ledger.append([numbered(n + 3)])))
    const late = heard(ledger, 0)
    await ledger.append([23, 24].map(numbered))
    const order = (await ids(ledger)).map((id, position) => [id, position])
    expect(order.length).toEqual(25)
    for (const [listener, first] of [
      [fromStart, 0],
      [fromSecond, 1],
      [fromNow, 3],
      [late, 0]
    ] as const) {
      await listener.until(25 - first)
      expect(listener.events).toEqual(order.slice(first))
    }
  })

  contract('a subscriber has heard of an event when its append resolves', async store => {
    const ledger = await openLedger(store, 'run:1')
    const { events } = heard(ledger)
    await ledger.append([event('a')])
    expect(events).toEqual([['a', 0]])
    await ledger.append([event('b')])
    expect(events).toEqual([
      ['a', 0],
      ['b', 1]
    ])
  })

  contract('a subscriber hears what others append to the same ledger', async store => {
    const mine = await openLedger(store, 'run:1')
    const other = await openLedger(store, 'run:1')
    const elsewhere = await openLedger(store, 'run:2')
    const listener = heard(mine)
    await other.append([event('a')])
    await elsewhere.append([event('x')])
    await mine.append([event('b')])
    await other.append([event('c')])
    await listener.until(3)
    expect(listener.events.map(([id]) => id)).toEqual(['a', 'b', 'c'])
    expect(mine.length).toEqual(3)
  })

  contract('a subscriber that throws is warned of and stops nobody', async store => {
    const warnings: Warning[] = []
    const host: Host = createHost({ warn: warning => warnings.push(warning) })
    const ledger = await openLedger(store, 'run:1', { host })
    ledger.subscribe(() => {
      throw new Error('no')
    })
    ledger.subscribe(() => Promise.reject(new Error('never')) as unknown as void)
    const { events } = heard(ledger)
    expect(await ledger.append([event('a')])).toEqual(1)
    expect(events).toEqual([['a', 0]])
    await Promise.resolve()
    expect(warnings.map(({ area }) => area)).toEqual(['ledger', 'ledger'])
  })

  contract('a subscriber that appends hears its own event after the one it answers', async store => {
    const ledger = await openLedger(store, 'run:1')
    const before = heard(ledger)
    let answer: Promise<number> | undefined
    ledger.subscribe(({ id }) => {
      if (id === 'a') answer = ledger.append([event('answer')])
    })
    const after = heard(ledger)
    await ledger.append([event('a'), event('b')])
    await answer
    for (const listener of [before, after]) {
      await listener.until(3)
      expect(listener.events.map(([id]) => id)).toEqual(['a', 'b', 'answer'])
    }
  })

  contract('who has left or closed hears nothing more', async store => {
    const ledger = await openLedger(store, 'run:1')
    const gone = heard(ledger)
    const stays = heard(ledger)
    await ledger.append([event('a')])
    gone.leave()
    gone.leave()
    await ledger.append([event('b')])
    expect(gone.events.length).toEqual(1)
    expect(stays.events.length).toEqual(2)
    await ledger.close()
    await (await openLedger(store, 'run:1')).append([event('c')])
    expect(stays.events.length).toEqual(2)
    expect(await failure(ledger.append([event('d')]))).toEqual('InputError')
  })

  contract('deltas are seen once each and kept until the call has ended', async store => {
    const ledger = await openLedger(store, 'run:1')
    const other = await openLedger(store, 'run:1')
    const seen: LedgerSignal[] = []
    const seenByOther: LedgerSignal[] = []
    ledger.subscribe(() => {}, { onSignal: signal => seen.push(signal) })
    other.subscribe(() => {}, { onSignal: signal => seenByOther.push(signal) })
    const signals = [0, 1, 2].map(n => ({ request: 'ask', n, delta: { type: 'text.delta', text: `${n}` } }))
    for (const signal of signals) ledger.signal(signal)
    ledger.signal({ request: 'open', n: 0, delta: { type: 'text.delta', text: 'x' } })
    expect(seen.slice(0, 3)).toEqual(signals)
    expect(ledger.signals('ask')).toEqual(signals)
    expect(ledger.signals('ask', 2)).toEqual(signals.slice(2))
    if (store.signal) {
      await eventually(() => seenByOther.length >= 4)
      expect(seenByOther.slice(0, 3)).toEqual(signals)
    }
    await ledger.append([{ ...event('answer'), type: 'llm.response', cause: ['ask'] } as unknown as LedgerEvent])
    expect(ledger.signals('ask')).toEqual([])
    expect(ledger.signals('open').length).toEqual(1)
    expect(seen.length).toEqual(4)
  })

  contract('ledgers are listed with their lengths, and a removed one is gone', async store => {
    for (const name of ['run:1', 'session:a.b_c-d', 'branch:x']) {
      await (await openLedger(store, name)).append([event('a'), event('b')])
    }
    const listed = [...(await store.list())].sort((a, b) => (a.name < b.name ? -1 : 1))
    expect(listed.map(({ name, length }) => [name, length])).toEqual([
      ['branch:x', 2],
      ['run:1', 2],
      ['session:a.b_c-d', 2]
    ])
    for (const { created, updated } of listed) {
      expect([created, updated].map(time => new Date(time).toISOString())).toEqual([created, updated])
    }
    await store.remove('run:1')
    await store.remove('run:1')
    await store.remove('run:never')
    expect((await store.list()).map(({ name }) => name).sort()).toEqual(['branch:x', 'session:a.b_c-d'])
    const anew = await openLedger(store, 'run:1')
    expect(anew.length).toEqual(0)
    expect(await anew.append([event('a', { other: true })])).toEqual(1)
    expect(await ids(anew)).toEqual(['a'])
  })

  contract('the outbox of a run is not listed, and goes with its ledger', async store => {
    const ledger = await openLedger(store, 'run:1')
    await ledger.append([event('a')])
    const entry = { trigger: 'a', responder: 'r', ended: true, ordinal: 0, slots: [] }
    await ledger.outbox?.append([entry])
    await ledger.outbox?.append([{ ...entry, responder: 's' }])
    expect(await store.length('outbox:run-1')).toEqual(2)
    expect((await store.list()).map(({ name }) => name)).toEqual(['run:1'])
    expect(await failure(openLedger(store, 'outbox:run-1'))).toEqual('InputError')
    const found: unknown[] = []
    for await (const { responder } of ledger.outbox?.read() ?? []) found.push(responder)
    expect(found).toEqual(['r', 's'])
    await ledger.outbox?.clear()
    expect(await store.length('outbox:run-1')).toEqual(0)
    await ledger.outbox?.append([entry])
    await store.remove('run:1')
    expect(await store.length('outbox:run-1')).toEqual(0)
  })

  contract('a ledger is held by one at a time', async store => {
    const one = await openLedger(store, 'run:1')
    const two = await openLedger(store, 'run:1')
    if (!one.hold || !two.hold) return
    const release = await one.hold()
    const controller = new AbortController()
    let held = false
    const waiting = two.hold().then(done => {
      held = true
      return done
    })
    const impatient = failure(two.hold(controller.signal))
    await (await (await openLedger(store, 'run:2')).hold?.())?.()
    await one.append([event('a')])
    controller.abort()
    expect(await impatient).toEqual('AbortError')
    expect(held).toEqual(false)
    release()
    ;(await waiting)()
    ;(await one.hold())()
  })

  contract('names that differ only in case are two ledgers', async store => {
    await (await openLedger(store, 'run:abc')).append([event('small')])
    await (await openLedger(store, 'run:ABC')).append([event('large')])
    expect(await ids(await openLedger(store, 'run:abc'))).toEqual(['small'])
    expect(await ids(await openLedger(store, 'run:ABC'))).toEqual(['large'])
    expect((await store.list()).map(({ name }) => name).sort()).toEqual(['run:ABC', 'run:abc'])
  })

  contract('what is no name of a ledger is refused at every door', async store => {
    const bad = [
      '',
      'run:',
      'x',
      'run:../../x',
      'run:a/b',
      'run:a b',
      'other:1',
      `run:${'x'.repeat(125)}`,
      'run:ü',
      null
    ]
    for (const name of bad as string[]) {
      expect(await failure(openLedger(store, name))).toEqual('InputError')
      expect(await failure(store.length(name))).toEqual('InputError')
      expect(await failure(store.append(name, [event('a')]))).toEqual('InputError')
      expect(await failure(store.remove(name))).toEqual('InputError')
      expect(await failure((async () => all(store.read(name)))())).toEqual('InputError')
    }
    const longest = `run:${'x'.repeat(124)}`
    expect(await (await openLedger(store, longest)).append([event('a')])).toEqual(1)
    expect((await store.list()).map(({ name }) => name)).toEqual([longest])
  })

  contract('a thousand batches read back in order', async store => {
    const ledger = await openLedger(store, 'run:1')
    const appended: Promise<number>[] = []
    for (let n = 0; n < 1000; n++) appended.push(ledger.append([0, 1, 2].map(part => numbered(3 * n + part))))
    expect(await Promise.all(appended)).toEqual(Array.from({ length: 1000 }, (_, n) => 3 * n + 3))
    const again = await openLedger(store, 'run:1')
    expect(again.length).toEqual(3000)
    expect(await ids(again)).toEqual(Array.from({ length: 3000 }, (_, n) => `e${n}`))
    expect(await ids(again, 2995)).toEqual(['e2995', 'e2996', 'e2997', 'e2998', 'e2999'])
    expect(await failure(again.append([event('e17', { other: true })]))).toEqual('DuplicateEventError')
  })
}

function event(id: string, data: object = {}): LedgerEvent {
  return {
    id,
    type: 'object.created',
    source: 'run:1',
    actor: 'test',
    cause: [],
    timestamp: '2026-11-21T10:00:00.000Z',
    data: { id: `object-${id}`, type: 'Task', data }
  } as AnyEvent as LedgerEvent
}

function numbered(n: number): LedgerEvent {
  return event(`e${n}`)
}

async function all(events: AsyncIterable<LedgerEvent>): Promise<LedgerEvent[]> {
  const found: LedgerEvent[] = []
  for await (const one of events) found.push(one)
  return found
}

async function ids(ledger: Ledger, from?: number, to?: number): Promise<string[]> {
  return (await all(ledger.read(from, to))).map(({ id }) => id)
}

interface Heard {
  readonly events: [string, number][]
  /** Resolves when so many were heard. */
  until(count: number): Promise<void>
  leave(): void
}

function heard(ledger: Ledger, from?: number): Heard {
  const events: [string, number][] = []
  const leave = ledger.subscribe(({ id }, position) => events.push([id, position]), from === undefined ? {} : { from })
  return { events, until: count => eventually(() => events.length >= count), leave }
}

/** Other tabs and processes are heard of a little later. */
async function eventually(condition: () => boolean): Promise<void> {
  for (let waited = 0; !condition(); waited++) {
    if (waited > 2000) throw new Error('It did not happen within some seconds.')
    await new Promise(resolve => setTimeout(resolve, waited < 50 ? 0 : 5))
  }
}

async function caught(promise: Promise<unknown>): Promise<{ name: string; kind?: string; data?: unknown }> {
  try {
    await promise
  } catch (error) {
    return error as { name: string }
  }
  throw new Error('It did not reject.')
}

/** The name of the error that it rejects with; undefined where it does not. */
async function failure(promise: Promise<unknown>): Promise<string | undefined> {
  try {
    await promise
    return undefined
  } catch (error) {
    return (error as Error).name
  }
}

function thrown(call: () => unknown): string | undefined {
  try {
    call()
    return undefined
  } catch (error) {
    return (error as Error).name
  }
}
