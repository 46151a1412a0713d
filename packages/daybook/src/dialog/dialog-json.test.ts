import { expect, test } from 'vitest'
import type { EventDraft } from '../ledger/event.js'
import { Dialog } from './dialog.js'
import type { Prompt } from './prompt.js'

const prompt = { path: 'greeting', render: () => 'Hello' } as unknown as Prompt

function example(): Dialog {
  const root = new Dialog({ id: 'root', sessionName: 'session', owner: 'pilot' })
  root.putText('Be brief.', { role: 'system', metadata: { a: [1, null, 'x'] } })
  root.putPrompt(prompt)
  root.append({
    role: 'assistant',
    content: 'Hi',
    parsed: { hi: true },
    model: 'm',
    usage: { input_tokens: 3, output_tokens: 1 },
    cost_usd: 0.25
  })
  return root
}

const parsed = (dialog: Dialog): Record<string, unknown> => JSON.parse(JSON.stringify(dialog))

test('the JSON of a dialog is plain, in snake_case, and names its forks', () => {
  const root = example()
  const fork = root.fork({ lastN: 1 })
  expect(parsed(root)).toEqual({
    id: 'root',
    session_name: 'session',
    owner: 'pilot',
    tree_node: { children_ids: [fork.id], depth: 0, split_point: 0, last_n: 0, first_k: 1 },
    top_prompt_path: 'greeting',
    messages: root.messages
  })
  const node = { parent_id: 'root', children_ids: [], depth: 1, split_point: 3, last_n: 1, first_k: 1 }
  expect(parsed(fork).tree_node).toEqual(node)
})

test('what was saved is loaded: messages, names, tree, cost and prompt', () => {
  const root = example()
  const fork = root.fork()
  const grandchild = fork.fork()
  for (const dialog of [root, fork, grandchild, new Dialog()]) {
    const loaded = Dialog.fromJSON(parsed(dialog))
    expect(loaded).toBeInstanceOf(Dialog)
    expect(parsed(loaded)).toEqual(parsed(dialog))
    expect(loaded.messages).toEqual(dialog.messages)
    expect(loaded.cost).toEqual(dialog.cost)
    const { depth, isRoot, parentId, childrenIds, splitPoint } = dialog.tree
    expect(loaded.tree).toMatchObject({
      depth,
      isRoot,
      parentId,
      childrenIds,
      splitPoint,
      parent: undefined,
      children: []
    })
    expect(loaded.tree.isRoot).toBe(loaded.tree.depth === 0)
  }
})

test('the prompt on top is found by its path, and its path is kept where it is not found', () => {
  const json = parsed(example())
  expect(Dialog.fromJSON(json, { prompts: path => (path === 'greeting' ? prompt : undefined) }).topPrompt).toBe(prompt)
  const without = Dialog.fromJSON(json, { prompts: () => undefined })
  expect(without.topPrompt).toBe(undefined)
  expect(parsed(without).top_prompt_path).toBe('greeting')
})

test('a loaded dialog goes on, and knows its old and new forks', () => {
  const root = example()
  const fork = root.fork()
  const loaded = Dialog.fromJSON(parsed(root))
  loaded.putText('More')
  const other = loaded.fork()
  expect(loaded.tree.childrenIds).toEqual([fork.id, other.id])
  expect(loaded.tree.subtreeIds()).toEqual(['root', fork.id, other.id])
  expect(other.tree).toMatchObject({ depth: 1, parent: loaded, splitPoint: 4 })
  expect(root.length).toBe(3)
})

test('whoever is to hear of a loaded dialog hears all of it first', () => {
  const heard: EventDraft[] = []
  const loaded = Dialog.fromJSON(parsed(example()), { onEvent: draft => heard.push(draft) })
  loaded.putText('More')
  expect(heard.map(({ type }) => type)).toEqual(['dialog.opened', ...new Array(4).fill('message.appended')])
  expect(heard[0]?.data).toEqual({
    dialog_id: 'root',
    session_name: 'session',
    owner: 'pilot',
    prompt_path: 'greeting'
  })
  expect(heard.slice(1).map(({ data }) => (data as { index: number }).index)).toEqual([0, 1, 2, 3])
})

test('a message without an id gets the same one each time it is read', () => {
  const json = { id: 'a', session_name: 's', messages: [{ role: 'user', content: 'x' }] }
  expect(Dialog.fromJSON(json).head?.id).toBe('a#0')
  expect(Dialog.fromJSON(json).tree).toMatchObject({ depth: 0, isRoot: true, lastN: 0, firstK: 1, childrenIds: [] })
})

const good = { id: 'a', session_name: 's', messages: [{ role: 'user', content: 'x' }] }
const node = (more: object) => ({ ...good, tree_node: { depth: 0, ...more } })
const deep = JSON.parse(`${'['.repeat(5000)}${']'.repeat(5000)}`)

test.each<[string, unknown, RegExp]>([
  ['nothing', undefined, /it must be an object, not undefined/],
  ['a text', '{"id":"a"}', /it must be an object/],
  ['a list', [], /it must be an object/],
  ['no id', { ...good, id: undefined }, /id must be a text/],
  ['an empty id', { ...good, id: '' }, /id must be a text/],
  ['no session', { ...good, session_name: 7 }, /session_name must be a text/],
  ['an owner that is none', { ...good, owner: {} }, /owner must be a text/],
  ['a prompt path that is none', { ...good, top_prompt_path: 1 }, /top_prompt_path must be a text/],
  ['no messages', { ...good, messages: undefined }, /messages must be a list/],
  ['messages by number', { ...good, messages: { 0: good.messages[0], length: 1 } }, /messages must be a list/],
  [
    'a hole',
    { ...good, messages: Object.assign([good.messages[0]], { 2: good.messages[0] }) },
    /messages\[1\] is undefined/
  ],
  ['a message that is none', { ...good, messages: [good.messages[0], { role: 'x' }] }, /messages\[1\].*role must be/],
  [
    'a deep message',
    { ...good, messages: [{ role: 'user', content: 'x', metadata: { deep } }] },
    /messages\[0\].*nested/
  ],
  ['a list that claims a length', { ...good, messages: new Array(4e9) }, /at most 1000000 items/],
  ['many children', node({ children_ids: new Array(4e9) }), /at most 1000000 items/],
  ['a tree that is none', { ...good, tree_node: 'x' }, /tree_node must be an object/],
  ['a child that is none', node({ children_ids: ['b', null] }), /tree_node\.children_ids\[1\] must be a text/],
  ['a root below something', node({ parent_id: 'b' }), /tree_node\.depth must be above 0 with a parent_id/],
  ['depth without a parent', node({ depth: 2 }), /tree_node\.depth must be 0 without a parent_id/],
  ['a fork without depth', { ...good, tree_node: { parent_id: 'b' } }, /tree_node\.depth must be a whole number/],
  ['a negative depth', node({ depth: -1 }), /tree_node\.depth must be a whole number/],
  ['half a split point', node({ split_point: 0.5 }), /tree_node\.split_point must be a whole number/],
  ['a last_n that is none', node({ last_n: '1' }), /tree_node\.last_n must be/],
  ['a first_k beyond all numbers', node({ first_k: 1e300 }), /tree_node\.first_k must be/]
])('%s is refused, and the place is named', (_what, json, message) => {
  expect(() => Dialog.fromJSON(json)).toThrow(message)
  expect(() => Dialog.fromJSON(json)).toThrow(expect.objectContaining({ kind: 'input' }))
})

test('an object whose members throw is refused, and __proto__ pollutes nothing', () => {
  const throwing = new Proxy(good, {
    get() {
      throw new TypeError('not now')
    }
  })
  expect(() => Dialog.fromJSON(throwing)).toThrow(expect.objectContaining({ kind: 'input' }))
  const text =
    '{"__proto__":{"polluted":1},"id":"a","session_name":"s","messages":[],"tree_node":{"__proto__":{"depth":9}}}'
  expect(Dialog.fromJSON(JSON.parse(text)).tree.depth).toBe(0)
  expect(({} as { polluted?: unknown }).polluted).toBe(undefined)
})
