import { expect, test } from 'vitest'
import type { Book } from './book.js'
import { asked, bookOf, event } from './events.fixture.js'
import {
  fieldsAt,
  lastChange,
  objectsAt,
  standing,
  stands,
  versionAt,
  type WorldFold,
  type WorldObject,
  worldFold
} from './world-at.js'

const created = (id: string, type: string, data: unknown = {}, cause: readonly string[] = []): unknown =>
  event('object.created', `${id} created`, { id, type, data }, { cause })
const patched = (id: string, patch: unknown, n = 1): unknown =>
  event('object.patched', `${id} patched ${n}`, { id, patch })
const related = (id: string, from: string, to: string, type = 'answers'): unknown =>
  event('relation.created', `${id} created`, { id, type, source_id: from, target_id: to })

function world(...events: readonly unknown[]): { fold: WorldFold; book: Book; get: (id: string) => WorldObject } {
  const book = bookOf(...events)
  const fold = worldFold()
  while (fold.take(book, 2));
  return { fold, book, get: id => fold.get(id) as WorldObject }
}

function at(object: WorldObject, length: number): unknown {
  return Object.fromEntries(fieldsAt(object, versionAt(object, length)))
}

test('an object is what its versions up to the playhead made it', () => {
  const { get } = world(
    created('f', 'Finding', { text: 'waiting', status: 'pending' }),
    patched('f', { text: 'so it is' }),
    patched('f', { status: 'complete' }, 2)
  )
  expect(at(get('f'), 1)).toEqual({ text: 'waiting', status: 'pending' })
  expect(at(get('f'), 2)).toEqual({ text: 'so it is', status: 'pending' })
  expect(at(get('f'), 3)).toEqual({ text: 'so it is', status: 'complete' })
  expect(versionAt(get('f'), 0)).toBe(-1)
})

test('a removed object is gone from then on, and may come again', () => {
  const { fold, get } = world(
    created('a', 'A', { n: 1 }),
    created('b', 'A'),
    event('object.removed', 'x', { id: 'a' }),
    created('a', 'A', { m: 2 })
  )
  const type = fold.types.get('A')
  const ids = (length: number): string[] => (type ? objectsAt(type, length).map(({ id }) => id) : [])
  expect([1, 2, 3, 4].map(ids)).toEqual([['a'], ['a', 'b'], ['b'], ['a', 'b']])
  expect([1, 2, 3, 4].map(length => type && standing(type, length))).toEqual([1, 2, 1, 2])
  expect(at(get('a'), 3)).toEqual({})
  expect(at(get('a'), 4)).toEqual({ m: 2 })
})

test('an object that is created again is whole anew, also under another type', () => {
  const { fold, get } = world(created('a', 'A', { n: 1 }), created('a', 'B', { m: 1 }))
  expect(at(get('a'), 2)).toEqual({ m: 1 })
  expect([...fold.types.values()].map(type => [type.name, standing(type, 1), standing(type, 2)])).toEqual([
    ['A', 1, 0],
    ['B', 0, 1]
  ])
})

test('relations come and go, and one with the same id takes the place of the one before', () => {
  const { fold, get } = world(
    created('f', 'Finding'),
    created('q', 'Question'),
    related('r', 'f', 'q'),
    related('r', 'q', 'f'),
    event('relation.removed', 'x', { id: 'r' })
  )
  const count = (length: number): number[] => [
    get('f').out.filter(relation => stands(relation, length)).length,
    get('f').in.filter(relation => stands(relation, length)).length,
    standing(fold.relations, length)
  ]
  expect([2, 3, 4, 5].map(count)).toEqual([
    [0, 0, 0],
    [1, 0, 1],
    [0, 1, 1],
    [0, 0, 0]
  ])
})

test('a relation to what comes later is there when it comes', () => {
  const { fold, get } = world(created('f', 'Finding'), related('r', 'f', 'later'), created('later', 'Late'))
  expect(fold.get('gone')).toBeUndefined()
  expect(get('later').in).toHaveLength(1)
  expect(fold.types.size).toBe(2)
})

test('a thousand versions are each right, and none is made from all before it', () => {
  const { get } = world(
    created('c', 'Counter', { n: 0 }),
    ...Array.from({ length: 1000 }, (_, i) => patched('c', { n: i + 1, [`k${i % 7}`]: i }, i))
  )
  for (const length of [1, 2, 33, 500, 999, 1001]) expect(at(get('c'), length)).toMatchObject({ n: length - 1 })
})

test('members and ids of any name and values of any kind are kept as they are', () => {
  const { fold, get } = world(
    event('object.created', 'e1', {
      id: '__proto__',
      type: 'constructor',
      data: JSON.parse('{"__proto__": 1, "toString": 2}')
    }),
    patched('__proto__', ['a', 'list']),
    created('text', 'T', 'only a text'),
    event('object.created', 'e4', { id: 7, type: 'T' }),
    event('object.created', 'e5', { id: 'untyped', data: null }),
    patched('unknown', { a: 1 }),
    event('object.removed', 'e7', { id: 'never' }),
    event('relation.created', 'e8', { id: 'r' }),
    null
  )
  expect([...fieldsAt(get('__proto__'), 1)]).toEqual([
    ['__proto__', 1],
    ['toString', 2],
    ['value', ['a', 'list']]
  ])
  expect([...fieldsAt(get('text'), 0)]).toEqual([['value', 'only a text']])
  expect([...fold.types.keys()]).toEqual(['constructor', 'T', 'Object'])
  expect(get('unknown').versions[0]?.kind).toBe('patched')
  expect(({} as { a?: unknown }).a).toBeUndefined()
})

test('what changed last is all that came by the same actor from the same cause', () => {
  const together = bookOf(
    created('a', 'A', {}, ['x']),
    created('b', 'B', {}, ['y']),
    event('relation.created', 'r', { id: 'r', source_id: 'a', target_id: 'b' }, { cause: ['y'] }),
    asked('q', 'why?')
  )
  expect(lastChange(together.at(3))).toEqual([1, 2])
  expect(lastChange(together)).toEqual([])
  expect(lastChange(bookOf())).toEqual([])
})
