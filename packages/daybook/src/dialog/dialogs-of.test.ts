import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createHost } from '../host.js'
import type { EventDraft, LedgerEvent } from '../ledger/event.js'
import { memoryLedgerStore } from '../ledger/memory-ledger-store.js'
import { openLedger } from '../ledger/open-ledger.js'
import { Dialog } from './dialog.js'
import { dialogRecorder } from './dialog-recorder.js'
import { dialogsOf } from './dialogs-of.js'
import type { Prompt } from './prompt.js'

const host = createHost({ now: () => Date.UTC(2026, 0, 1), warn: () => {} })
const promptOf = (path?: string): Prompt => ({ path, render: () => `from ${path}` }) as unknown as Prompt

/** Records what `grow` does into a ledger in memory, and gives what the ledger holds. */
async function recorded(grow: (onEvent: (draft: EventDraft) => void) => void): Promise<LedgerEvent[]> {
  const ledger = await openLedger(memoryLedgerStore(), 'session:1', { host })
  const recorder = dialogRecorder(ledger, { host })
  grow(recorder.record)
  await recorder.settled()
  const events: LedgerEvent[] = []
  for await (const event of ledger.read()) events.push(event)
  return events
}

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

const step = fc.oneof(
  fc.record({ do: fc.constant('text' as const), text: fc.string(), name: fc.option(fc.string(), { nil: undefined }) }),
  fc.record({ do: fc.constant('prompt' as const), path: fc.constantFrom('p', 'q', undefined) }),
  fc.record({
    do: fc.constant('answer' as const),
    parsed: fc.jsonValue({ maxDepth: 3 }),
    cost_usd: fc.option(fc.double({ min: 0, max: 10, noNaN: true }), { nil: null }),
    tokens: fc.nat(1000)
  }),
  fc.record({
    do: fc.constant('fork' as const),
    lastN: fc.integer({ min: -1, max: 12 }),
    firstK: fc.integer({ min: 0, max: 6 }),
    linked: fc.constantFrom(true, true, true, false),
    owner: fc.constantFrom(undefined, 'pilot', 'mate')
  })
)
const steps = fc.array(fc.record({ at: fc.nat(), step }), { maxLength: 40 })

test('whatever was put and forked, the ledger alone gives the same dialogs again', { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(steps, async program => {
      const dialogs: Dialog[] = []
      const copies = new Set<Dialog>()
      const events = await recorded(onEvent => {
        dialogs.push(new Dialog({ owner: 'root', onEvent, host }))
        for (const { at, step } of program) {
          const dialog = dialogs[at % dialogs.length] as Dialog
          if (step.do === 'text') dialog.putText(step.text, { ...(step.name === undefined ? {} : { name: step.name }) })
          else if (step.do === 'prompt') dialog.putPrompt(promptOf(step.path))
          else if (step.do === 'answer') {
            const { parsed, cost_usd, tokens } = step
            const usage = { input_tokens: tokens, output_tokens: 1 }
            dialog.append({ role: 'assistant', content: null, parsed: plain(parsed) as never, usage, cost_usd })
          } else {
            const { lastN, firstK, linked, owner } = step
            const fork = dialog.fork({ lastN, firstK, linked, ...(owner ? { owner } : {}) })
            if (!linked || copies.has(dialog)) copies.add(fork)
            dialogs.push(fork)
          }
        }
      })
      const skipped: string[] = []
      const again = dialogsOf(plain(events) as LedgerEvent[], {
        host,
        prompts: promptOf,
        onSkipped: (_, why) => skipped.push(why)
      })
      const kept = dialogs.filter(dialog => !copies.has(dialog))
      expect(skipped).toEqual([])
      expect([...again.keys()]).toEqual(kept.map(({ id }) => id))
      for (const dialog of kept) {
        const rebuilt = again.get(dialog.id) as Dialog
        expect(plain(rebuilt)).toEqual(plain(dialog))
        expect(rebuilt.cost).toEqual(dialog.cost)
        expect(rebuilt.topPrompt?.path).toBe(dialog.topPrompt?.path)
        expect(rebuilt.tree.subtreeIds()).toEqual(dialog.tree.subtreeIds())
        expect(rebuilt.tree.parent).toBe(again.get(dialog.tree.parentId ?? ''))
        expect(rebuilt.treeOverview()).toBe(dialog.treeOverview())
      }
    }),
    { numRuns: 150 }
  )
})

test('rebuilt dialogs share their messages as the first ones did, and go on being recorded', async () => {
  const events = await recorded(onEvent => {
    const root = new Dialog({ id: 'root', onEvent })
    root.putText('one')
    root.fork().putText('two')
  })
  const heard: EventDraft[] = []
  const again = [...dialogsOf(events, { onEvent: draft => heard.push(draft) }).values()]
  expect(heard).toEqual([])
  expect(again[1]?.head).toBe(again[0]?.head)
  again[1]?.putText('three')
  expect(heard).toMatchObject([{ type: 'message.appended', data: { dialog_id: again[1]?.id, index: 2 } }])
})

test('a dialog that was loaded from JSON is in the new ledger as a whole', async () => {
  const before = new Dialog({ id: 'a', sessionName: 's' })
  before.putPrompt(promptOf('p'))
  before.putText('more')
  const events = await recorded(onEvent => Dialog.fromJSON(plain(before), { onEvent }).putText('last'))
  const again = dialogsOf(events, { prompts: promptOf }).get('a')
  expect(again?.messages.map(({ content }) => content)).toEqual(['from p', 'more', 'last'])
  expect(again?.topPrompt?.path).toBe('p')
})

let count = 0
function event(type: string, data: unknown): LedgerEvent {
  const id = `${type}-${count++}`
  return { id, type, source: 'session:1', actor: 'x', cause: [], timestamp: '', data } as unknown as LedgerEvent
}
const opened = (dialog_id: string) => event('dialog.opened', { dialog_id, session_name: 's' })
const forked = (dialog_id: string, parent_id: string, split_point: number, last_n = 0, first_k = 1) =>
  event('dialog.forked', { dialog_id, parent_id, split_point, last_n, first_k })
const said = (dialog_id: string, index: number, content: unknown = `${dialog_id}${index}`) =>
  event('message.appended', { dialog_id, index, message: { id: `${dialog_id}-${index}`, role: 'user', content } })

function read(events: LedgerEvent[]) {
  const skipped: string[] = []
  const dialogs = dialogsOf(events, { onSkipped: (_, why) => skipped.push(why) })
  const contents = Object.fromEntries([...dialogs].map(([id, { messages }]) => [id, messages.map(m => m.content)]))
  return { dialogs, contents, skipped }
}

test('events of others, and a ledger without dialogs, give none', () => {
  expect(read([event('object.created', { id: '1', type: 'x' }), event('llm.request', null)])).toMatchObject({
    contents: {},
    skipped: []
  })
})

test('what does not follow is left out and named, and the rest stays', () => {
  const { contents, skipped } = read([
    said('a', 0),
    opened('a'),
    said('a', 0),
    opened('a'),
    said('a', 0, 'again'),
    said('a', 2, 'too early'),
    forked('b', 'nobody', 0),
    said('b', 0),
    forked('c', 'a', 5),
    forked('a', 'a', 1),
    forked('d', 'a', 1),
    said('d', 1),
    said('a', 1)
  ])
  expect(contents).toEqual({ a: ['a0', 'a1'], d: ['a0', 'd1'] })
  expect(skipped).toEqual([
    expect.stringContaining('"a" of this message is not there'),
    expect.stringContaining('"a" began already'),
    expect.stringContaining('Message 0 of the dialog "a" is there already'),
    expect.stringContaining('Message 2 of the dialog "a" comes after 1 messages'),
    expect.stringContaining('"nobody" that was forked is not there'),
    expect.stringContaining('"b" of this message is not there'),
    expect.stringContaining('needs 5 messages where 1 were read'),
    expect.stringContaining('"a" began already')
  ])
})

test('a fork of a parent that has grown since has what the parent had then', () => {
  const events = [opened('a'), said('a', 0), said('a', 1), said('a', 2), said('a', 3)]
  expect(read([...events, forked('b', 'a', 3, 1, 1), forked('c', 'a', 2), forked('d', 'a', 0)]).contents).toMatchObject(
    {
      b: ['a0', 'a2'],
      c: ['a0', 'a1'],
      d: []
    }
  )
})

test('data of the wrong form is left out', () => {
  const wrong = [
    event('dialog.opened', null),
    event('dialog.opened', { dialog_id: 7, session_name: 's' }),
    event('dialog.opened', { dialog_id: 'b' }),
    event('dialog.opened', { dialog_id: 'b', session_name: 's', owner: {} }),
    event('dialog.forked', { dialog_id: 'b', parent_id: 'a' }),
    forked('b', 'a', -1),
    forked('b', 'a', 0, 0.5),
    forked('b', 'a', 0, 0, 'x' as never),
    event('message.appended', { dialog_id: 'a', index: '0' }),
    event('message.appended', { dialog_id: 'a', index: 0 }),
    said('a', 0, 7),
    event('message.appended', { dialog_id: 'a', index: 0, message: { role: 'user', content: 'x' }, prompt_path: 3 }),
    event('dialog.opened', JSON.parse('{"__proto__":{"dialog_id":"b","session_name":"s"}}'))
  ]
  const { contents, skipped } = read([opened('a'), ...wrong, said('a', 0)])
  expect(contents).toEqual({ a: ['a0'] })
  expect(skipped.length).toBe(wrong.length)
})

test('a message without an id gets the same one each time the ledger is read', () => {
  const events = [
    opened('a'),
    event('message.appended', { dialog_id: 'a', index: 0, message: { role: 'user', content: 'x' } })
  ]
  expect(read(events).dialogs.get('a')?.head?.id).toBe('a#0')
})

test('a small ledger cannot ask for a large memory', () => {
  const events = [opened('a')]
  for (let index = 0; index < 3000; index++) events.push(said('a', index))
  for (let index = 0; index < 3000; index++) events.push(forked(`f${index}`, 'a', 3000, 2999, 0))
  const { dialogs, skipped } = read(events)
  expect(dialogs.size).toBe(1 + 666)
  expect(skipped.at(-1)).toMatch(/more than 2000000 messages/)
})

test('random events break nothing', { timeout: 60_000 }, () => {
  const id = fc.constantFrom('a', 'b', 'c', '', 'constructor', '__proto__')
  const number = fc.oneof(fc.integer({ min: -1, max: 4 }), fc.constantFrom(1e300, 0.5, null))
  const data = fc.record(
    {
      dialog_id: id,
      parent_id: id,
      session_name: id,
      split_point: number,
      last_n: number,
      first_k: number,
      index: number,
      message: fc.oneof(fc.constant({ role: 'user', content: 'x' }), fc.jsonValue()),
      prompt_path: fc.constantFrom('p', null, 7)
    },
    { requiredKeys: [] }
  )
  const type = fc.constantFrom('dialog.opened', 'dialog.forked', 'message.appended')
  fc.assert(
    fc.property(fc.array(fc.tuple(type, fc.oneof(data, fc.jsonValue())), { maxLength: 30 }), made => {
      const { dialogs } = read(made.map(([type, data]) => event(type, data)))
      for (const dialog of dialogs.values()) {
        expect(plain(Dialog.fromJSON(plain(dialog)))).toEqual(plain(dialog))
        expect(dialog.tree.isRoot).toBe(dialog.tree.depth === 0)
        expect(dialog.messages.length).toBe(dialog.length)
      }
    }),
    { numRuns: 500 }
  )
})
