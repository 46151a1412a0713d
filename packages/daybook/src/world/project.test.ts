import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { InputError } from '../errors.js'
import { deepFreeze } from '../json.js'
import type { EventDraft, LedgerEvent } from '../ledger/event.js'
import { project } from './project.js'
import { Projection } from './projection.js'
import type { World, WorldObject } from './world.js'

let made = 0
function event(draft: EventDraft): LedgerEvent {
  const id = `${draft.type}-${made++}`
  return {
    id,
    source: 'run:1',
    actor: 'test',
    cause: [],
    timestamp: '2026-01-01T00:00:00.000Z',
    ...draft
  } as LedgerEvent
}
const create = (id: string, data?: object, type = 'Task') =>
  event({ type: 'object.created', data: { id, type, ...(data ? { data: data as never } : {}) } })
const patch = (id: string, change?: object) =>
  event({ type: 'object.patched', data: { id, ...(change ? { patch: change as never } : {}) } })
const relate = (id: string, source_id: string, target_id: string, type = 'needs', data?: object) =>
  event({
    type: 'relation.created',
    data: { id, type, source_id, target_id, ...(data ? { data: data as never } : {}) }
  })
const unrelate = (id: string) => event({ type: 'relation.removed', data: { id } })

const shown = (world: World) => ({
  objects: [...world.objects.values()],
  relations: [...world.relations.values()],
  context: world.context
})

describe('the rules of the fold', () => {
  test('a created object has its data, an empty one where it came without', () => {
    const world = project([create('a', { n: 1 }), create('b')])
    expect(world.object('a')).toEqual({ id: 'a', type: 'Task', data: { n: 1 } })
    expect(world.object('b')?.data).toEqual({})
    expect(world.object('c')).toBe(undefined)
    expect(world.length).toBe(2)
  })

  test('the last creation of an id wins and keeps its place', () => {
    const world = project([create('a', { n: 1 }), create('b'), create('a', { m: 2 }, 'Other')])
    expect(world.object('a')).toEqual({ id: 'a', type: 'Other', data: { m: 2 } })
    expect([...world.objects.keys()]).toEqual(['a', 'b'])
  })

  test('a patch merges the first level only, and one without a patch changes nothing', () => {
    const world = project([
      create('a', { keep: 1, deep: { x: 1 } }),
      patch('a', { deep: { y: 2 }, more: null }),
      patch('a')
    ])
    expect(world.object('a')?.data).toEqual({ keep: 1, deep: { y: 2 }, more: null })
  })

  test('a patch of an object that does not exist is an error that names it', () => {
    expect(() => project([patch('missing', { n: 1 })])).toThrow(InputError)
    expect(() => project([patch('missing', { n: 1 })])).toThrow('missing')
    expect(() => project([patch('a', {}), create('a')])).toThrow('"a"')
  })

  test('removing a relation removes that one; one that is not there is no error', () => {
    const world = project([relate('r', 'a', 'b'), relate('s', 'a', 'b'), unrelate('r'), unrelate('unknown')])
    expect([...world.relations.keys()]).toEqual(['s'])
    expect(world.relationsOf('a').map(({ id }) => id)).toEqual(['s'])
  })

  test('a relation may lead to what does not exist', () => {
    expect(project([relate('r', 'nobody', 'nothing')]).relations.get('r')).toEqual({
      id: 'r',
      type: 'needs',
      source_id: 'nobody',
      target_id: 'nothing',
      data: {}
    })
  })

  test('a budget that is exhausted is in the context, and other types do nothing', () => {
    const exhausted = event({ type: 'budget.exhausted', data: {} as never })
    const world = project([create('a'), event({ type: 'tool.called', data: {} as never }), exhausted])
    expect(world.context.budget_exhausted).toBe(true)
    expect(world.at(2).context).toEqual({})
    expect(world.objects.size).toBe(1)
  })

  test.each([
    ['an id that is no text', { id: 1, type: 'T' }],
    ['no type', { id: 'a' }],
    ['data that is a list', { id: 'a', type: 'T', data: [] }],
    ['data that JSON cannot hold', { id: 'a', type: 'T', data: { at: new Date(0) } }]
  ])('an object with %s is an error, and the projection goes on as if it had not been there', (_what, data) => {
    const projection = new Projection()
    expect(() => projection.evolve(event({ type: 'object.created', data: data as never }))).toThrow(InputError)
    projection.evolve(create('b'))
    expect(projection.world().length).toBe(1)
  })
})

describe('relations of an object', () => {
  test('are those that begin or end there, each once, of one type where it is asked for', () => {
    const world = project([
      relate('r', 'a', 'b'),
      relate('s', 'c', 'a', 'blocks'),
      relate('self', 'a', 'a'),
      relate('t', 'b', 'c')
    ])
    const ids = (type?: string) => world.relationsOf('a', type).map(({ id }) => id)
    expect(ids()).toEqual(['r', 's', 'self'])
    expect(ids('blocks')).toEqual(['s'])
    expect(world.relationsOf('nobody')).toEqual([])
  })

  test('follow a relation whose ends are changed', () => {
    const world = project([relate('r', 'a', 'b'), relate('r', 'b', 'c')])
    expect(world.relationsOf('a')).toEqual([])
    expect(world.relationsOf('b').map(({ target_id }) => target_id)).toEqual(['c'])
    expect(world.relationsOf('c')).toHaveLength(1)
    expect(world.at(1).relationsOf('a')).toHaveLength(1)
    expect(world.at(1).relationsOf('c')).toEqual([])
  })

  test('a relation that is made again after its removal comes last', () => {
    const world = project([relate('r', 'a', 'b'), relate('s', 'a', 'b'), unrelate('r'), relate('r', 'a', 'c')])
    expect([...world.relations.keys()]).toEqual(['s', 'r'])
    expect(world.at(3).relations.has('r')).toBe(false)
    expect(
      world
        .at(2)
        .relationsOf('b')
        .map(({ id }) => id)
    ).toEqual(['r', 's'])
  })
})

describe('nothing leaks', () => {
  test('events may be changed afterwards: objects and relations are copied in depth', () => {
    const object = { deep: { n: 1 } }
    const relation = { deep: { n: 1 } }
    const world = project([create('a', object), patch('a', { more: object }), relate('r', 'a', 'b', 'needs', relation)])
    object.deep.n = 2
    relation.deep.n = 2
    expect(world.object('a')?.data).toEqual({ deep: { n: 1 }, more: { deep: { n: 1 } } })
    expect(world.relations.get('r')?.data).toEqual({ deep: { n: 1 } })
  })

  test('what is given out is frozen, the data of frozen events included', () => {
    const world = project([deepFreeze(create('a', { deep: { n: 1 } })), patch('a', { list: [{}] })])
    const object = world.object('a') as WorldObject
    for (const thing of [
      world,
      world.objects,
      world.context,
      object,
      object.data,
      object.data.deep,
      object.data.list
    ]) {
      expect(Object.isFrozen(thing)).toBe(true)
    }
  })

  test('ids and members named __proto__ are like any other', () => {
    const data = JSON.parse('{"__proto__":{"polluted":true},"constructor":1}')
    const world = project([
      create('__proto__', data),
      patch('__proto__', JSON.parse('{"__proto__":{"second":true}}')),
      patch('__proto__', { n: 1 }),
      relate('constructor', '__proto__', 'toString')
    ])
    expect(({} as { polluted?: boolean }).polluted).toBe(undefined)
    const found = world.object('__proto__')?.data as object
    expect(Object.keys(found)).toEqual(['__proto__', 'constructor', 'n'])
    expect(Object.getPrototypeOf(found)).toBe(Object.prototype)
    expect(JSON.stringify(found)).toBe('{"__proto__":{"second":true},"constructor":1,"n":1}')
    expect(world.relationsOf('toString')).toHaveLength(1)
  })
})

describe('a world as of a position', () => {
  test('shows what was there then, and knows no future', () => {
    const world = project([
      create('a', { n: 1 }),
      relate('r', 'a', 'b'),
      patch('a', { n: 2 }),
      unrelate('r'),
      create('b')
    ])
    expect(world.at(0).objects.size).toBe(0)
    expect(world.at(2).object('a')?.data.n).toBe(1)
    expect(world.at(3).object('a')?.data.n).toBe(2)
    expect([...world.at(3).relations.keys()]).toEqual(['r'])
    expect(world.at(4).relations.size).toBe(0)
    expect(world.at(4).objects.has('b')).toBe(false)
    for (const position of [-1, 1.5, 6, Number.NaN]) expect(() => world.at(position)).toThrow(InputError)
    expect(() => world.at(2).at(3)).toThrow(InputError)
  })

  test('stays as it is while events come', () => {
    const projection = new Projection()
    projection.evolve(create('a', { n: 1 }))
    const world = projection.world()
    const before = JSON.stringify(shown(world))
    const hash = world.hash()
    projection.evolve(patch('a', { n: 2 }))
    projection.evolve(create('b'))
    projection.evolve(relate('r', 'a', 'b'))
    expect(JSON.stringify(shown(world))).toBe(before)
    expect(world.at(1).hash()).toBe(hash)
    expect(world.relationsOf('a')).toEqual([])
  })

  test('its maps behave as maps', () => {
    const { objects } = project([create('a'), create('b')])
    const seen: string[] = []
    objects.forEach((value, key, map) => {
      seen.push(`${key}${value.id}${map === objects}`)
    })
    expect(seen).toEqual(['aatrue', 'bbtrue'])
    expect(new Map(objects).size).toBe(2)
    expect([...objects.entries()].map(([id]) => id)).toEqual([...objects.keys()])
  })

  const operation = fc.oneof(
    fc.record({ op: fc.constant('create' as const), id: fc.nat(5), n: fc.nat(9) }),
    fc.record({ op: fc.constant('patch' as const), id: fc.nat(5), n: fc.nat(9) }),
    fc.record({ op: fc.constant('relate' as const), id: fc.nat(4), from: fc.nat(5), to: fc.nat(5) }),
    fc.record({ op: fc.constant('unrelate' as const), id: fc.nat(4) })
  )

  test('equals the projection of that many events, for any history', () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 60 }), operations => {
        const known = new Set<number>()
        const events: LedgerEvent[] = []
        for (const step of operations) {
          if (step.op === 'create') events.push(create(`o${step.id}`, { [`k${step.n}`]: step.n }))
          else if (step.op === 'relate') events.push(relate(`r${step.id}`, `o${step.from}`, `o${step.to}`))
          else if (step.op === 'unrelate') events.push(unrelate(`r${step.id}`))
          else if (known.has(step.id)) events.push(patch(`o${step.id}`, { [`k${step.n}`]: events.length }))
          if (step.op === 'create') known.add(step.id)
        }
        const world = project(events)
        for (let position = 0; position <= events.length; position++) {
          const then = world.at(position)
          expect(shown(then)).toEqual(naive(events.slice(0, position)))
          expect([then.objects.size, then.relations.size]).toEqual([
            [...then.objects].length,
            [...then.relations].length
          ])
          for (let id = 0; id < 6; id++) {
            const ends = [...then.relations.values()].filter(r => r.source_id === `o${id}` || r.target_id === `o${id}`)
            expect(new Set(then.relationsOf(`o${id}`))).toEqual(new Set(ends))
          }
        }
      }),
      { seed: 1, numRuns: 100 }
    )
  })

  test('is read in logarithmic time, with ten thousand versions of one object', () => {
    const events = [create('a', { n: 0 })]
    for (let n = 1; n < 10_000; n++) events.push(patch('a', { n }))
    const projection = new Projection()
    for (const each of events) projection.evolve(each)
    // How many versions a search looks at, counted by its reads of their positions.
    let reads = 0
    const life = projection.objects.living('a')
    if (!life) throw new Error('no life')
    life.newest = new Proxy(life.newest, {
      get(target, name) {
        if (name === 'position') reads++
        const value: unknown = Reflect.get(target, name)
        return name === 'older' || name === 'jump' ? value && new Proxy(value, this) : value
      }
    })
    for (const position of [1, 2, 17, 5000, 9_999, 10_000]) {
      reads = 0
      projection.objects.at('a', position)
      expect(reads).toBeLessThan(80)
    }
  })
})

/** The rules once more, in the plainest way. */
function naive(events: readonly LedgerEvent[]) {
  const objects = new Map<string, { id: string; type: string; data: object }>()
  const relations = new Map<string, object>()
  for (const { type, data } of events) {
    const told = data as unknown as { id: string; type: string; data?: object; patch?: object }
    const { id, type: kind, data: own = {}, patch: change, ...rest } = told
    const before = objects.get(id)
    if (type === 'object.created') objects.set(id, { id, type: kind, data: own })
    if (type === 'object.patched' && before) objects.set(id, { ...before, data: { ...before.data, ...change } })
    if (type === 'relation.created') relations.set(id, { id, type: kind, ...rest, data: own })
    if (type === 'relation.removed') relations.delete(id)
  }
  return { objects: [...objects.values()], relations: [...relations.values()], context: {} }
}

describe('the hash of a world', () => {
  test('depends on objects and relations, not on the order in which they came, nor on the context', () => {
    const a = project([create('a', { x: 1, y: 2 }), create('b'), relate('r', 'a', 'b')])
    const b = project([create('b'), relate('r', 'a', 'b'), create('a', { y: 2 }), patch('a', { x: 1 })])
    const c = new Projection({ cache: {} })
    for (const each of [create('b'), create('a', { y: 2, x: 1 }), relate('r', 'a', 'b')]) c.evolve(each)
    expect(a.hash()).toMatch(/^[0-9a-f]{64}$/)
    expect(b.hash()).toBe(a.hash())
    expect(c.world().hash()).toBe(a.hash())
    expect(project([create('a')]).hash()).not.toBe(a.hash())
  })

  test('is the same in Node and in a page', () => {
    const world = project([create('ä', { text: 'ünïcode ✓', n: 0.1 }), relate('r', 'ä', 'b')])
    expect(world.hash()).toBe('61eb38cf4339ecaa06ba8978713380200f304cc4081ce57fd7bae941ee5a721b')
  })
})
