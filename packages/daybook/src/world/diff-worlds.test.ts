import { expect, test } from 'vitest'
import type { EventDraft, LedgerEvent } from '../ledger/event.js'
import { diffWorlds } from './diff-worlds.js'
import { project } from './project.js'
import type { World } from './world.js'

function world(...drafts: EventDraft[]): World {
  return project(
    drafts.map(
      (draft, n) => ({ id: `e${n}`, source: 'run:1', actor: 't', cause: [], timestamp: '', ...draft }) as LedgerEvent
    )
  )
}
const object = (id: string, data: object, type = 'Task'): EventDraft => ({
  type: 'object.created',
  data: { id, type, data: data as never }
})
const relation = (id: string, target_id: string, data = {}): EventDraft => ({
  type: 'relation.created',
  data: { id, type: 'needs', source_id: 'a', target_id, data }
})

test('a world does not differ from itself', () => {
  const one = world(object('a', { n: 1 }), relation('r', 'b'))
  expect(diffWorlds(one, one)).toMatchObject({ empty: true })
  expect(diffWorlds(one, one).summary()).toBe('no changes')
})

test('what was added, removed and changed is named by id, sorted, with the fields', () => {
  const before = world(
    object('b', { text: 'x', list: [1, 2] }),
    object('gone', {}),
    object('c', {}),
    relation('r', 'b')
  )
  const after = world(
    object('z', {}),
    object('new', {}),
    object('c', {}, 'Other'),
    object('b', { text: 'y', list: [1, 3, 4], 'a/b~': null }),
    relation('s', 'b')
  )
  const diff = diffWorlds(before, after)
  expect(diff.objects).toEqual({
    added: ['new', 'z'],
    removed: ['gone'],
    changed: [
      {
        id: 'b',
        fields: [
          { path: '/data/a~1b~0', after: null },
          { path: '/data/list/1', before: 2, after: 3 },
          { path: '/data/list/2', after: 4 },
          { path: '/data/text', before: 'x', after: 'y' }
        ]
      },
      { id: 'c', fields: [{ path: '/type', before: 'Task', after: 'Other' }] }
    ]
  })
  expect(diff.relations).toMatchObject({ added: ['s'], removed: ['r'], changed: [] })
  expect(diff.empty).toBe(false)
  expect(diff.summary()).toBe('+2 objects, -1 objects, ~2 objects patched, +1 relations, -1 relations')
})

test('a relation that leads elsewhere or holds other data is a change', () => {
  const diff = diffWorlds(
    world(relation('r', 'b'), relation('s', 'b')),
    world(relation('r', 'c'), relation('s', 'b', { n: 1 }))
  )
  expect(diff.relations.changed).toEqual([
    { id: 'r', fields: [{ path: '/target_id', before: 'b', after: 'c' }] },
    { id: 's', fields: [{ path: '/data/n', after: 1 }] }
  ])
  expect(diff.summary()).toBe('~2 relations changed')
})

test('every part of a relation counts, and an object that only became another type', () => {
  const made = (more: object): EventDraft => ({
    type: 'relation.created',
    data: { id: 'r', type: 'needs', source_id: 'a', target_id: 'b', data: { n: { deep: 1 } }, ...more }
  })
  const fields = (more: object) => diffWorlds(world(made({})), world(made(more))).relations.changed[0]?.fields
  expect(fields({})).toBe(undefined)
  expect(fields({ type: 'blocks' })).toEqual([{ path: '/type', before: 'needs', after: 'blocks' }])
  expect(fields({ source_id: 'c' })).toEqual([{ path: '/source_id', before: 'a', after: 'c' }])
  expect(fields({ data: { n: {} } })).toEqual([{ path: '/data/n/deep', before: 1 }])
  expect(fields({ type: 'x', source_id: 'b', target_id: 'a', data: {} })?.map(({ path }) => path)).toEqual([
    ...['/data/n', '/source_id', '/target_id', '/type']
  ])
  expect(diffWorlds(world(object('a', {})), world(object('a', {}, 'Other'))).empty).toBe(false)
})
