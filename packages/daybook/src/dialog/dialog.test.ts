import { expect, test } from 'vitest'
import type { EventDraft } from '../ledger/event.js'
import type { ContentPart } from '../llm/llm.js'
import { Dialog } from './dialog.js'
import type { DialogMessage, MessageDraft } from './message.js'
import type { Prompt } from './prompt.js'

const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
const pdf = new TextEncoder().encode('%PDF-1.7')

function filled(count: number, options?: ConstructorParameters<typeof Dialog>[0]): Dialog {
  const dialog = new Dialog(options)
  for (let index = 0; index < count; index++) dialog.putText(`m${index}`)
  return dialog
}

const contents = (dialog: Dialog): unknown[] => dialog.messages.map(({ content }) => content)

/** A prompt in as far as a dialog knows one. */
function promptOf(path: string | undefined, text: string): Prompt {
  return { path, template: text, render: (args = {}) => text.replace('{x}', String(args.x)) } as Prompt
}

test('a dialog keeps what is put into it, in order', () => {
  const dialog = new Dialog()
  dialog.putText('Be brief.', { role: 'system' })
  dialog.putText('Hello')
  dialog.append({ role: 'assistant', content: 'Hi' })
  expect(dialog.messages.map(({ role, content }) => [role, content])).toEqual([
    ['system', 'Be brief.'],
    ['user', 'Hello'],
    ['assistant', 'Hi']
  ])
  expect(dialog.length).toBe(3)
  expect(dialog.head).toBe(dialog.messages[0])
  expect(dialog.tail).toBe(dialog.messages[2])
})

test('a new dialog is an empty root with a session of its own', () => {
  const host = { now: () => Date.UTC(2026, 0, 2, 3, 4, 5, 678), random: () => 0.5, id: () => 'abc' }
  const dialog = new Dialog({ host })
  expect(dialog).toBeInstanceOf(Dialog)
  expect(dialog).toMatchObject({ id: 'abc', sessionName: '20260102_030405_800000', owner: undefined, length: 0 })
  expect(dialog).toMatchObject({ head: undefined, tail: undefined, topPrompt: undefined, messages: [] })
  expect(dialog.tree).toMatchObject({ id: 'abc', parentId: undefined, parent: undefined, depth: 0, isRoot: true })
  expect(dialog.tree).toMatchObject({ children: [], childrenIds: [], splitPoint: 0, lastN: 0, firstK: 1 })
  expect(dialog.tree.subtreeIds()).toEqual(['abc'])
  expect(new Dialog().sessionName).toMatch(/^\d{8}_\d{6}_[0-9a-f]{6}$/)
})

test('ids and names that are no texts are refused', () => {
  for (const wrong of [{ id: '' }, { id: 7 }, { sessionName: '' }, { owner: {} }]) {
    expect(() => new Dialog(wrong as object)).toThrow(expect.objectContaining({ kind: 'input' }))
  }
})

test('the list of messages is the same frozen one until a message is added, and an old list stays as it was', () => {
  const dialog = filled(2)
  const before = dialog.messages
  expect(dialog.messages).toBe(before)
  expect(Object.isFrozen(before)).toBe(true)
  dialog.putText('m2')
  expect(before.length).toBe(2)
  expect(dialog.messages.length).toBe(3)
})

test('a message is copied and frozen in depth when it is put: later changes of the draft change nothing', () => {
  const draft = { role: 'user' as const, content: [{ type: 'text', text: 'one' }], metadata: { tags: ['a'] } }
  const message = new Dialog().append(draft)
  ;(draft.content[0] as { text: string }).text = 'two'
  draft.metadata.tags.push('b')
  expect(message).toMatchObject({ content: [{ text: 'one' }], metadata: { tags: ['a'] } })
  expect(Object.isFrozen(message.metadata?.tags)).toBe(true)
})

test('a text leaves the prompt on top in force', () => {
  const dialog = new Dialog()
  const prompt = promptOf('greeting', 'Hello {x}')
  expect(dialog.putPrompt(prompt, { x: 'Oslo' }, { role: 'system', metadata: { a: 1 } })).toMatchObject({
    role: 'system',
    content: 'Hello Oslo',
    metadata: { a: 1 }
  })
  expect(dialog.topPrompt).toBe(prompt)
  dialog.putText('And now?')
  dialog.append({ role: 'assistant', content: 'Later.' })
  expect(dialog.topPrompt).toBe(prompt)
  const other = promptOf(undefined, 'Bye')
  dialog.putPrompt(other)
  expect(dialog.topPrompt).toBe(other)
})

test('a prompt that cannot be rendered leaves the dialog as it was', () => {
  const dialog = filled(1)
  const render = () => {
    throw new Error('x is missing')
  }
  expect(() => dialog.putPrompt({ ...promptOf('p', '{x}'), render })).toThrow('x is missing')
  expect(dialog.length).toBe(1)
  expect(dialog.topPrompt).toBe(undefined)
})

test('a picture is in the dialog before putImage returns, its caption before it', async () => {
  const dialog = new Dialog()
  const put = dialog.putImage(png, { caption: 'My cat', detail: 'low', metadata: { from: 'camera' }, name: 'Guest' })
  expect(dialog.length).toBe(1)
  const message = await put
  expect(message).toBe(dialog.tail)
  expect(message).toMatchObject({ role: 'user', name: 'Guest', metadata: { from: 'camera' } })
  const [text, image] = message.content as readonly ContentPart[]
  expect(text).toEqual({ type: 'text', text: 'My cat' })
  expect(image).toEqual({ type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=', detail: 'low' } })
  await dialog.putImage(new Blob([png]))
  expect(dialog.tail?.content).toMatchObject([{ type: 'image_url' }])
})

test('a PDF is put as a file', async () => {
  const dialog = new Dialog()
  await dialog.putFile(pdf, { filename: 'bill.pdf' })
  expect(dialog.tail?.content).toMatchObject([{ type: 'file', file: { filename: 'bill.pdf' } }])
})

test('what is no picture or no file is a rejection, and the dialog stays as it was', async () => {
  const dialog = new Dialog()
  await expect(dialog.putImage(pdf)).rejects.toThrow('putImage takes a picture: use putFile')
  await expect(dialog.putFile(png)).rejects.toThrow('putFile takes a PDF or sound: use putImage')
  await expect(dialog.putImage('nothing.png')).rejects.toMatchObject({ kind: 'input' })
  await expect(dialog.putImage(new Blob([]))).rejects.toMatchObject({ kind: 'input' })
  expect(dialog.length).toBe(0)
})

test('a fork has the messages of its parent and goes its own way', () => {
  const parent = filled(2, { owner: 'pilot' })
  parent.putPrompt(promptOf('p', 'm2'))
  const fork = parent.fork()
  expect(fork).toMatchObject({ sessionName: parent.sessionName, owner: 'pilot', topPrompt: parent.topPrompt })
  expect(fork.id).not.toBe(parent.id)
  parent.putText('parent')
  fork.putPrompt(promptOf('q', 'fork'))
  expect(contents(parent)).toEqual(['m0', 'm1', 'm2', 'parent'])
  expect(contents(fork)).toEqual(['m0', 'm1', 'm2', 'fork'])
  expect(parent.topPrompt?.path).toBe('p')
  expect(parent.fork({ owner: 'mate' }).owner).toBe('mate')
})

test('a fork shares the messages, and of all of them even the list', () => {
  const parent = filled(1000)
  const unread = parent.fork()
  expect(unread.messages.every((message, index) => message === parent.messages[index])).toBe(true)
  expect(unread.length).toBe(1000)
  expect(parent.fork().messages).toBe(parent.messages)
  const part = parent.fork({ lastN: 2, firstK: 1 })
  expect(part.messages).toEqual([parent.messages[0], parent.messages[998], parent.messages[999]])
  expect(part.messages.every(message => parent.messages.includes(message))).toBe(true)
})

test.each([{ lastN: 1.5 }, { lastN: Number.NaN }, { firstK: '1' }, { lastN: Number.POSITIVE_INFINITY }])(
  'fork(%o) is refused',
  options => {
    const dialog = filled(3)
    expect(() => dialog.fork(options as object)).toThrow(/must be a whole number/)
    expect(dialog.tree.children).toEqual([])
  }
)

test('a tree knows its forks, breadth first', () => {
  const ids = 'abcdefghijklmnop'.split('')
  const host = { now: Date.now, random: Math.random, id: () => ids.shift() ?? 'z' }
  const a = new Dialog({ host })
  const b = a.fork()
  const c = a.fork()
  const d = b.fork()
  c.fork()
  d.fork()
  expect(a.tree.subtreeIds()).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
  expect(a.tree.childrenIds).toEqual(['b', 'c'])
  expect(a.tree.children).toEqual([b, c])
  expect(d.tree).toMatchObject({ parentId: 'b', parent: b, depth: 2, isRoot: false })
  expect(Object.isFrozen(a.tree.children)).toBe(true)
})

test('a working copy is outside of the tree and tells nobody', () => {
  const drafts: EventDraft[] = []
  const dialog = filled(3, { onEvent: draft => drafts.push(draft), owner: 'pilot' })
  const before = drafts.length
  const copy = dialog.fork({ linked: false, lastN: 1 })
  copy.putText('only here')
  copy.fork().putText('nor here')
  expect(drafts.length).toBe(before)
  expect(dialog.tree.children).toEqual([])
  expect(copy.tree).toMatchObject({ parentId: undefined, parent: undefined, depth: 0, isRoot: true, splitPoint: 3 })
  expect(contents(copy)).toEqual(['m0', 'm2', 'only here'])
  expect(copy).toMatchObject({ owner: 'pilot', sessionName: dialog.sessionName })
})

test('a message of a working copy goes back as the same object', () => {
  const dialog = filled(1)
  const copy = dialog.fork({ linked: false })
  const answer = copy.append({ role: 'assistant', content: 'Hi' })
  expect(dialog.append(answer)).toBe(answer)
})

test('every opening, fork and message is told at once, in order', () => {
  const heard: EventDraft[] = []
  const dialog = new Dialog({ id: 'a', sessionName: 's', owner: 'pilot', onEvent: draft => heard.push(draft) })
  expect(heard).toEqual([{ type: 'dialog.opened', data: { dialog_id: 'a', session_name: 's', owner: 'pilot' } }])
  const text = dialog.putText('Hello', { name: 'Guest' })
  expect(heard[1]).toEqual({
    type: 'message.appended',
    actor: 'Guest',
    data: { dialog_id: 'a', index: 0, message: text }
  })
  const rendered = dialog.putPrompt(promptOf('p', 'Go'))
  const data = { dialog_id: 'a', index: 1, message: rendered, prompt_path: 'p' }
  expect(heard[2]).toEqual({ type: 'message.appended', data })
  dialog.putPrompt(promptOf(undefined, 'Go'))
  expect(heard[3]?.data).toMatchObject({ prompt_path: null })
  dialog.append({ role: 'tool', content: '7', tool_call_id: '1', name: 'adder' })
  expect(heard[4]).not.toHaveProperty('actor')
  const fork = dialog.fork({ lastN: 1, firstK: 7, owner: 'mate' })
  const forked = { dialog_id: fork.id, parent_id: 'a', split_point: 4, last_n: 2, first_k: 2, owner: 'mate' }
  expect(heard[5]).toEqual({ type: 'dialog.forked', data: forked })
  fork.append({ role: 'assistant', content: 'Done', name: 'mate' })
  expect(heard[6]).toMatchObject({ actor: 'mate', data: { dialog_id: fork.id, index: 4 } })
  expect(heard.length).toBe(7)
})

test('the cost is that of all answers, of a fork too, and grows with them', () => {
  const answer = (cost_usd: number | null): MessageDraft => ({
    role: 'assistant',
    content: 'x',
    model: 'm',
    usage: { input_tokens: 10, output_tokens: 5 },
    cost_usd
  })
  const dialog = filled(1)
  expect(dialog.cost).toMatchObject({ answers: 0, costUsd: 0 })
  dialog.append(answer(1))
  dialog.append({ role: 'assistant', content: 'written by hand' })
  expect(dialog.cost).toMatchObject({ answers: 1, costUsd: 1, inputTokens: 10, unpriced: 0 })
  const fork = dialog.fork()
  fork.append(answer(null))
  fork.append(answer(2))
  expect(fork.cost).toMatchObject({ answers: 3, costUsd: 3, inputTokens: 30, outputTokens: 15, unpriced: 1 })
  expect(dialog.cost).toMatchObject({ answers: 1, costUsd: 1 })
  expect(fork.fork({ lastN: 1, firstK: 0 }).cost).toMatchObject({ answers: 1, costUsd: 2 })
})

test('100,000 messages are appended and looked at one by one without a walk through those before', () => {
  const dialog = new Dialog()
  const seen: (DialogMessage | undefined)[] = []
  for (let index = 0; index < 100_000; index++) {
    dialog.putText('x')
    seen.push(dialog.tail)
    if (dialog.length !== index + 1 || dialog.cost.answers !== 0 || dialog.head !== seen[0]) throw new Error('lost')
  }
  expect(dialog.messages).toEqual(seen)
})

test('the overview has one line for each message, cut and without bytes', async () => {
  const dialog = new Dialog()
  dialog.putText(`Be\nbrief. ${'x'.repeat(200)}`, { role: 'system' })
  await dialog.putImage(png, { caption: 'A cat' })
  await dialog.putImage('https://example.test/cat.png')
  await dialog.putFile(pdf, { filename: 'bill.pdf' })
  const call = { id: '1', type: 'function', function: { name: 'weather', arguments: '{"city":"Oslo"}' } } as const
  dialog.append({ role: 'assistant', content: null, name: 'pilot', tool_calls: [call] })
  dialog.append({ role: 'tool', content: '7 °C', tool_call_id: '1' })
  dialog.append({ role: 'assistant', refusal: 'No.' })
  dialog.append({
    role: 'user',
    content: [{ type: 'input_audio', input_audio: { data: '', format: 'wav' } }, { type: 'odd' }]
  })
  expect(dialog.overview({ maxLength: 20 }).split('\n')).toEqual([
    `0. system: Be brief. ${'x'.repeat(10)}…`,
    '1. user: A cat [image image/png]',
    '2. user: [image https://example.test…]',
    '3. user: [file bill.pdf]',
    '4. assistant (pilot): [call weather({"city":"Oslo"})]',
    '5. tool: 7 °C',
    '6. assistant: [refusal No.]',
    '7. user: [sound wav] [odd]'
  ])
  const lines = dialog.overview({ removeTail: true }).split('\n')
  expect(lines.length).toBe(7)
  expect(lines[0]).toBe(`0. system: Be brief. ${'x'.repeat(90)}…`)
  expect(new Dialog().overview({ removeTail: true })).toBe('')
})

test('the overview cuts no character in two', () => {
  const dialog = new Dialog()
  dialog.putText('a😀b')
  expect(dialog.overview({ maxLength: 2 })).toBe('0. user: a…')
})

test('the overview of a tree has one line for each dialog, whichever of them is asked', () => {
  const ids = ['a', 'b', 'c', 'd']
  const host = { now: Date.now, random: Math.random, id: () => ids.shift() ?? 'm' }
  const a = new Dialog({ host, owner: 'pilot' })
  const b = a.fork()
  const c = b.fork({ owner: 'cook' })
  const d = a.fork()
  c.append({ id: 'm0', role: 'user', content: 'x' })
  const lines = ['a owner=pilot msgs=0', '  b owner=pilot msgs=0 split@0', '    c owner=cook msgs=1 split@0']
  expect(a.treeOverview().split('\n')).toEqual([...lines, '  d owner=pilot msgs=0 split@0'])
  expect(c.treeOverview()).toBe(a.treeOverview())
  expect(d.treeOverview()).toBe(a.treeOverview())
})

test('a tree may be deeper than a stack', () => {
  const root = new Dialog()
  let deepest = root
  for (let depth = 0; depth < 20_000; depth++) deepest = deepest.fork()
  expect(deepest.tree.depth).toBe(20_000)
  expect(root.tree.subtreeIds().length).toBe(20_001)
  expect(root.treeOverview().split('\n').length).toBe(20_001)
})
