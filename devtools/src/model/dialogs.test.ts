import { expect, test } from 'vitest'
import { contextOf, dialogsIn, forkTree } from './dialogs.js'
import { answered, bookOf, event } from './events.fixture.js'

const user = (content: string) => ({ role: 'user', content })
const said = (content: string) => ({ role: 'assistant', content })
const ask = (id: string, messages: readonly unknown[], more: Record<string, unknown> = {}, actor = 'finder') =>
  event('llm.request', id, { model: 'm', messages, ...more }, { actor })

test('a request that begins with all messages of another one goes on from it', () => {
  const book = bookOf(
    ask('q1', [user('a')]),
    answered('a1', 'q1'),
    ask('q2', [user('b')]),
    ask('q3', [user('a'), said('x'), user('c')]),
    ask('q4', [user('a'), said('x'), user('c'), said('y'), user('d')], {}, 'other')
  )
  const dialogs = dialogsIn(book)
  expect(dialogs.threads.map(({ owner, calls }) => [owner, calls])).toEqual([
    ['finder', [0, 3]],
    ['finder', [2]],
    ['other', [4]]
  ])
  expect(dialogs.before(3)).toBe(0)
  expect(dialogs.since(3)).toEqual({ row: 0, count: 1 })
  expect(dialogs.since(2)).toBeUndefined()
  expect(dialogs.before(0)).toBeUndefined()
})

test('of two models that were asked the same, each goes on with its own', () => {
  const book = bookOf(
    ask('q1', [user('a')], { model: 'm' }),
    ask('q2', [user('a')], { model: 'n' }),
    ask('q3', [user('a'), said('x')], { model: 'm' }),
    ask('q4', [user('a'), said('y')], { model: 'n' })
  )
  expect(dialogsIn(book).threads.map(({ calls }) => calls)).toEqual([
    [0, 2],
    [1, 3]
  ])
})

test('where it leaves them after an answer, it is a fork', () => {
  const book = bookOf(
    ask('q1', [user('a')]),
    ask('q2', [user('a'), said('x'), user('b')]),
    ask('q3', [user('a'), said('x'), user('c')]),
    ask('q4', [user('a'), said('x'), user('b'), said('y'), user('d')]),
    ask('q5', [user('a'), said('x'), user('c'), said('z'), user('e')])
  )
  const dialogs = dialogsIn(book)
  const [main, fork] = dialogs.threads
  expect(main?.calls).toEqual([0, 1, 3])
  expect(fork).toMatchObject({ parent: main, split: 2, calls: [2, 4] })
  expect(dialogs.before(2)).toBe(1)
  const { lines, left } = forkTree(book, dialogs, fork as never, 5)
  expect(lines.map(({ row, depth, fork }) => [row, depth, fork])).toEqual([
    [0, 0, false],
    [2, 1, true],
    [4, 1, false],
    [1, 0, false],
    [3, 0, false]
  ])
  expect(left).toBe(0)
  expect(forkTree(book, dialogs, fork as never, 2).lines.length).toBe(2)
  expect(forkTree(book, dialogs, fork as never, 5, 2)).toMatchObject({ lines: [{ row: 0 }, { row: 2 }], left: 3 })
})

test('dialogs that are named keep their requests, messages and forks', () => {
  const book = bookOf(
    event('dialog.opened', 'd1', { dialog_id: 'one', session_name: 's', owner: 'Ada' }),
    event('message.appended', 'm1', { dialog_id: 'one', index: 0, message: user('a') }),
    ask('q1', [user('a')], { dialog_id: 'one' }),
    event('dialog.forked', 'd2', { dialog_id: 'two', parent_id: 'one', split_point: 1, last_n: 0, first_k: 0 }),
    ask('q2', [user('a'), user('b')], { dialog_id: 'two' }),
    event('message.appended', 'm2', { dialog_id: 'unknown', index: 0, message: user('x') })
  )
  const dialogs = dialogsIn(book)
  expect(
    dialogs.threads.map(({ id, owner, calls, messages, parent }) => [id, owner, calls, messages, parent?.id])
  ).toEqual([
    ['one', 'Ada', [2], [1], undefined],
    ['two', 'finder', [4], [], 'one'],
    ['unknown', 'finder', [], [5], undefined]
  ])
})

test('what comes later is taken as it comes', () => {
  const book = bookOf(ask('q1', [user('a')]))
  expect(dialogsIn(book).threads.length).toBe(1)
  book.add(ask('q2', [user('b')]))
  expect(dialogsIn(book).threads.length).toBe(2)
})

test('a tool is found by its id after the answer that asked for it', () => {
  const call = (id: string, type: string) => event(type, id, { name: 'f', call_id: 'c1' })
  const book = bookOf(call('t1', 'tool.called'), call('t2', 'tool.returned'), call('t3', 'tool.called'))
  const { toolAfter } = dialogsIn(book)
  expect([toolAfter('called', 'c1', 0), toolAfter('returned', 'c1', 0), toolAfter('returned', 'c1', 1)]).toEqual([
    2,
    1,
    undefined
  ])
})

test('what a request takes is told by role', () => {
  const data = {
    messages: [{ role: 'system', content: 'x'.repeat(400) }, user('y'.repeat(40)), { role: 'odd' }, 7],
    tools: [{ type: 'function' }]
  }
  expect(contextOf(data)).toEqual([
    { role: 'system', tokens: 100 },
    { role: 'tools', tokens: 5 },
    { role: 'user', tokens: 10 }
  ])
  expect(contextOf(undefined)).toEqual([])
})
