import { describe, expect, test } from 'vitest'
import type { LedgerEvent } from './event.js'
import { importLedger } from './import.js'
import { toJSONL } from './jsonl.js'
import { memoryLedgerStore } from './memory-ledger-store.js'
import { verifyLedger } from './verify.js'

const created = '2026-11-21T10:00:00.000Z'

function event(id: string, data: object = {}, type = 'object.created'): LedgerEvent {
  const common = { source: 'run:1', actor: 'test', cause: [], timestamp: created }
  return { ...common, id, type, data: { id, type: 'T', ...data } } as unknown as LedgerEvent
}

function branch(id: string, parent: string, position: number, head: string | undefined, events: number): string {
  const data = { branch_id: id, parent, fork_position: position, ...(head === undefined ? {} : { head }) }
  const mark = { ...event(`mark-${id}`), type: 'branch.created', data } as unknown as LedgerEvent
  return toJSONL([mark, ...Array.from({ length: events }, (_, n) => event(`${id}${n}`))], {
    name: `branch:${id}`,
    created
  })
}

const run = (count: number, text = ''): string =>
  toJSONL(
    Array.from({ length: count }, (_, n) => event(`e${n}`, { data: { text } })),
    { name: 'run:1', created }
  )

/** A run of 250 events, forked at 120, and that branch forked at 122. */
async function family(heads = true) {
  const parent = run(250)
  const { head } = await verifyLedger(parent)
  const a = branch('a', 'run:1', 120, heads ? head : undefined, 3)
  const b = branch('b', 'branch:a', 122, heads ? (await verifyLedger(a)).head : undefined, 2)
  const texts = new Map([
    ['run:1', parent],
    ['branch:a', a],
    ['branch:b', b]
  ])
  return { texts, verify: () => verifyLedger(texts.get('branch:b') ?? '', { parent: name => texts.get(name) }) }
}

describe('a branch', () => {
  test('is verified by its own chain and by those of all that it shares events with', async () => {
    for (const heads of [true, false]) {
      const { texts, verify } = await family(heads)
      expect(await verify()).toMatchObject({ ok: true, events: 3 })
      expect(await verifyLedger(texts.get('branch:b') ?? '')).toEqual(await verify())
    }
  })

  test('of which an event is changed, its own or one that it shares, says whose and where', async () => {
    const { texts, verify } = await family()
    const change = (name: string, id: string): void => {
      texts.set(name, (texts.get(name) ?? '').replace(`"id":"${id}","type":"T"`, `"id":"${id}","type":"X"`))
    }
    change('branch:b', 'b1')
    expect(await verify()).toMatchObject({ ok: false, line: 4, reason: expect.stringMatching(/changed/) })
    expect((await verify()).ledger).toBeUndefined()

    const second = await family()
    second.texts.set(
      'branch:a',
      (second.texts.get('branch:a') ?? '').replace('"id":"a0","type":"T"', '"id":"a0","type":"X"')
    )
    expect(await second.verify()).toMatchObject({ ok: false, ledger: 'branch:a', line: 3 })

    const third = await family()
    third.texts.set('run:1', (third.texts.get('run:1') ?? '').replace('"id":"e7","type":"T"', '"id":"e7","type":"X"'))
    expect(await third.verify()).toMatchObject({
      ...{ ok: false, ledger: 'run:1', line: 9, batch: 1 },
      reason: expect.stringMatching(/^It shares 120 events with "run:1", where it is not as it was written: /)
    })
  })

  test('of which a parent was written anew, with a whole chain, says so', async () => {
    const { texts, verify } = await family()
    texts.set('run:1', run(250, 'other'))
    expect(await verifyLedger(texts.get('run:1') ?? '')).toMatchObject({ ok: true })
    expect(await verify()).toMatchObject({
      ok: false,
      ledger: 'run:1',
      reason: expect.stringMatching(/written anew since/)
    })
  })

  test('does not mind what its parent has done since, nor damage behind what it shares', async () => {
    const { texts, verify } = await family()
    const parent = texts.get('run:1') ?? ''
    texts.set('run:1', `${parent}{"torn`)
    expect(await verify()).toMatchObject({ ok: true })
    // Without a hash to look for, what is shared must stand in whole batches.
    const bare = await family(false)
    bare.texts.set('run:1', parent.replace('"id":"e240","type":"T"', '"id":"e240","type":"X"'))
    expect(await bare.verify()).toMatchObject({ ok: true })
    bare.texts.set('run:1', parent.replace('"id":"e150","type":"T"', '"id":"e150","type":"X"'))
    expect(await bare.verify()).toMatchObject({ ok: false, ledger: 'run:1' })
  })

  test('of which a parent is missing, too short, or the branch itself, says so', async () => {
    const { texts, verify } = await family()
    texts.set('run:1', run(100))
    expect(await verify()).toMatchObject({ ok: false, ledger: 'run:1', reason: expect.stringMatching(/fewer/) })
    texts.delete('run:1')
    expect(await verify()).toMatchObject({ ok: false, ledger: 'run:1', reason: expect.stringMatching(/not here/) })
    const circle = branch('c', 'branch:c', 3, undefined, 5)
    const found = await verifyLedger(circle, { parent: () => circle })
    expect(found).toMatchObject({ ok: false, ledger: 'branch:c', reason: expect.stringMatching(/shares them with it/) })
    for (const [name, position] of [
      ['../../etc/passwd', 3],
      ['run:1', 1.5],
      ['run:1', '3']
    ] as const) {
      const asked: string[] = []
      const odd = branch('e', name, position as number, undefined, 1)
      expect(await verifyLedger(odd, { parent: above => void asked.push(above) })).toMatchObject({ ok: false })
      expect(asked).toEqual([])
    }
    expect(await verifyLedger(branch('d', 'run:gone', 0, undefined, 1), { parent: () => undefined })).toMatchObject({
      ok: true
    })
  })

  test('of a parent that was imported from a broken chain is no better than its parent, where it shares the mark', async () => {
    const store = memoryLedgerStore()
    await importLedger(store, run(250).replace('"id":"e70","type":"T"', '"id":"e70","type":"X"'), { partial: true })
    const copied: LedgerEvent[] = []
    for await (const one of store.read('run:1')) copied.push(one)
    const marked = toJSONL(copied, { name: 'run:1', created })
    const { head, ok, events, reason } = await verifyLedger(marked)
    expect([ok, events]).toEqual([false, 0])
    expect(reason).toMatch(/broken at line 72: This line was changed after it was written/)
    for (const kept of [head, undefined]) {
      const found = await verifyLedger(branch('a', 'run:1', 120, kept, 3), { parent: () => marked })
      expect(found).toMatchObject({
        ok: false,
        ledger: 'run:1',
        line: 2,
        reason: expect.stringContaining(reason ?? '?')
      })
      // What was marked behind the fork is the parent's alone.
      const later = toJSONL([...copied.slice(1, 200), copied[0] as LedgerEvent], { name: 'run:1', created })
      const apart = await verifyLedger(later)
      expect([apart.ok, apart.events]).toEqual([false, 199])
      const own = branch('a', 'run:1', 100, kept && apart.head, 3)
      expect(await verifyLedger(own, { parent: () => later })).toMatchObject({ ok: true })
    }
  })
})
