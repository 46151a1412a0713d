import {
  createDaybook,
  type Kit,
  type LedgerEvent,
  type LedgerInfo,
  memoryLedgerStore,
  responder,
  toJSONL
} from 'daybook'
import { simulatedFetch } from 'daybook/testing'
import research from 'daybook-kits/research'
import { expect, test } from 'vitest'
import type { DevtoolsSource } from '../model/source.js'
import { daybookSource, ledgerSource } from './from-daybook.js'
import { fileSource, parseLedgerText, readLedgerFile } from './from-file.js'
import { serverSource } from './from-server.js'
import { workshop } from './workshop.js'

workshop.load = () => import('./here.js')
const fetch = simulatedFetch({ speed: Number.POSITIVE_INFINITY })
const model = 'anthropic/claude-haiku-4-5'

async function ran() {
  const daybook = createDaybook({ model, fetch, store: memoryLedgerStore(), cache: false })
  await daybook.run(research, 'Is tea warm?', { id: '8' })
  return { daybook, events: await eventsOf(daybookSource(daybook), 'run:8') }
}

/** All events of a ledger that nobody adds to any more. */
function eventsOf(source: DevtoolsSource, name: string): Promise<LedgerEvent[]> {
  return new Promise((resolve, reject) => {
    const events: LedgerEvent[] = []
    const stop = source.follow(name, {
      events(from, batch) {
        events.splice(from, batch.length, ...batch)
        setTimeout(() => {
          stop?.()
          resolve(events)
        }, 50)
      },
      signals() {},
      state: status => status.state === 'lost' && reject(new Error(status.message))
    })
  })
}

function listOf(source: DevtoolsSource): { now: () => readonly LedgerInfo[]; end: () => void } {
  let all: readonly LedgerInfo[] = []
  const end = source.watch(ledgers => {
    all = ledgers
  })
  return { now: () => all, end }
}

const hooks = () => {
  const begun: string[] = []
  const controller = new AbortController()
  return { begun, controller, hooks: { signal: controller.signal, begun: (name: string) => void begun.push(name) } }
}

test('a Daybook of the page forks its run, and the branch is in its list', async () => {
  const { daybook, events } = await ran()
  const source = daybookSource(daybook)
  const list = listOf(source)
  const { begun, hooks: heard } = hooks()
  expect(source.noFork).toBeUndefined()
  expect(source.kit?.('research')).toBe(research)
  await source.fork?.('run:8', { position: 1, id: 'b2', change: { set: { 'data.text': 'Is coffee warm?' } } }, heard)
  expect(new Set(begun)).toEqual(new Set(['branch:b2']))
  const branch = await eventsOf(source, 'branch:b2')
  expect(branch[0]?.id).toBe(events[0]?.id)
  expect(JSON.stringify(branch)).toContain('Is coffee warm?')
  expect(list.now()).toContainEqual(expect.objectContaining({ name: 'branch:b2', parent: 'run:8' }))
  list.end()
  await expect(source.fork?.('run:8', { position: 9999, id: 'b3' }, heard)).rejects.toThrow(/cannot be forked at 9999/)
})

test('of a session, the one call is made again, and its other events stay', async () => {
  const daybook = createDaybook({ model, fetch, store: memoryLedgerStore(), cache: false })
  const session = daybook.session('s')
  await session.text('Is tea warm?')
  await session.text('Is it blue?')
  const source = daybookSource(daybook)
  const events = await eventsOf(source, 'session:s')
  const position = events.findLastIndex(({ type }) => type === 'llm.request')
  const set = { 'messages.0.content': 'Is it green?' }
  await source.fork?.('session:s', { position, id: 'green', change: { set } }, hooks().hooks)
  const branch = await eventsOf(source, 'branch:green')
  const asked = branch.filter(({ type }) => type === 'llm.request') as LedgerEvent<'llm.request'>[]
  expect(asked.map(({ data }) => data.messages[0]?.content)).toEqual(['Is tea warm?', 'Is it green?'])
  const answer = branch.at(-1) as LedgerEvent<'llm.response'>
  expect([answer.type, answer.cause]).toEqual(['llm.response', [events[position]?.id]])
  expect(answer.data.text).not.toBe('')
})

test('one ledger alone cannot be forked, and says what would help', async () => {
  const { daybook } = await ran()
  const source = ledgerSource(await daybook.ledgers.open('run:8'))
  expect(source.fork).toBeUndefined()
  expect(source.noFork).toMatch(/give it the Daybook/)
})

test('an imported run of a kit that is here is forked on simulated answers, in memory', async () => {
  const { events } = await ran()
  const source = fileSource(await parseLedgerText(toJSONL(events), 'tea.jsonl'), 'tea.jsonl')
  const list = listOf(source)
  expect(source.asksWho).toBe(true)
  const request = { position: 1, id: 'b2', change: { set: { 'data.text': 'Is coffee warm?' } } }
  await source.fork?.('run:8', { ...request, answers: { provider: 'simulated' } }, hooks().hooks)
  expect(list.now().map(({ name, parent }) => [name, parent])).toEqual([
    ['run:8', undefined],
    ['branch:b2', 'run:8']
  ])
  expect(JSON.stringify(await eventsOf(source, 'branch:b2'))).toContain('Is coffee warm?')
  // A branch of the branch.
  await source.fork?.('branch:b2', { position: 2, id: 'b3' }, hooks().hooks)
  expect(list.now().find(({ name }) => name === 'branch:b3')?.parent).toBe('branch:b2')
  list.end()
})

test('an imported run of a foreign kit has its single calls made again', async () => {
  const { events } = await ran()
  const foreign = events.map(event =>
    event.type === 'kit.loaded' ? { ...event, data: { ...event.data, name: 'mine' } } : event
  )
  const source = fileSource({ name: 'tea.jsonl', events: foreign }, 'tea.jsonl')
  const position = events.findIndex(({ type }) => type === 'llm.request')
  const change = { set: { 'messages.0.content': 'Is it green?' } }
  await source.fork?.('tea.jsonl', { position, id: 'b2', change }, hooks().hooks)
  const branch = await eventsOf(source, 'branch:b2')
  const request = branch.find(({ id }) => id === events[position]?.id) as LedgerEvent<'llm.request'>
  expect(request.data.messages[0]?.content).toBe('Is it green?')
  expect(branch.filter(({ type, cause }) => type === 'llm.response' && cause.includes(request.id))).toHaveLength(1)
  await expect(
    fileSource({ name: 'x', events: [{ id: 'a', type: 'b' }] }, 'x').fork?.(
      'x',
      { position: 0, id: 'c' },
      hooks().hooks
    )
  ).rejects.toThrow(/cannot be forked/)
})

/** Research as it was, until somebody worked on it: since then a critic asks about each answer. */
function growing(): { kit: Kit; grow: () => void } {
  let grown = false
  const critic = responder('critic', 'relation.created', ({ data }) =>
    grown && data.type === 'answers'
      ? [{ type: 'llm.request', data: { model, messages: [{ role: 'user', content: 'Is that so?' }] } }]
      : []
  )
  const kit: Kit = { ...research, responders: options => [...research.responders(options), critic] }
  const grow = (): void => {
    grown = true
  }
  return { kit, grow }
}

test('strictly, a Daybook of the page makes what follows from the change, and ends at anything else', async () => {
  let asked = 0
  const counting: typeof globalThis.fetch = (...request) => {
    asked++
    return fetch(...request)
  }
  const daybook = createDaybook({
    model,
    keys: { anthropic: 'x' },
    fetch: counting,
    store: memoryLedgerStore(),
    cache: false
  })
  const { kit, grow } = growing()
  await daybook.run(kit, 'Is tea warm?', { id: '8' })
  const source = daybookSource(daybook)
  const events = await eventsOf(source, 'run:8')
  const position = events.findIndex(({ type }) => type === 'llm.request')
  const change = { set: { 'messages.0.content': 'Is it green?' }, remove: ['max_tokens'] }
  asked = 0
  await source.fork?.('run:8', { position, id: 'b2', change, strict: true }, hooks().hooks)
  expect(asked).toBe(1)
  grow()
  await expect(source.fork?.('run:8', { position: 3, id: 'b3', strict: true }, hooks().hooks)).rejects.toThrow(
    /^The strict branch ends at position \d+: .* There, critic asks ".*" "Is that so\?"\. The nearest/
  )
  expect(asked).toBe(1)
  const ended = await eventsOf(source, 'branch:b3')
  expect(ended.at(-1)).toMatchObject({ type: 'warning.raised', data: { kind: 'strict' } })
  await source.fork?.('run:8', { position: 3, id: 'b4' }, hooks().hooks)
  expect(asked).toBeGreaterThan(1)
})

test('strictly, a file is forked with the answers that it holds, whoever answers the rest', async () => {
  const { events } = await ran()
  const source = fileSource(await parseLedgerText(toJSONL(events), 'tea.jsonl'), 'tea.jsonl')
  const answers = { provider: 'simulated' } as const
  const position = events.findIndex(({ type }) => type === 'llm.request')
  const change = { set: { 'messages.0.content': 'Is it green?' } }
  await source.fork?.('run:8', { position, id: 'b2', change, answers, strict: true }, hooks().hooks)
  const textsOf = (of: readonly LedgerEvent[]) =>
    of.flatMap(({ type, data }) => (type === 'llm.response' ? [(data as { text: string }).text] : []))
  const [first, ...others] = textsOf(await eventsOf(source, 'branch:b2'))
  expect([first?.includes('“Is it green?”'), others]).toEqual([true, textsOf(events).slice(1)])
  // Of a foreign kit's run, an open call beside the one that is made again would have to be asked too.
  const open = events.flatMap(event => {
    if (event.type === 'kit.loaded') return [{ ...event, data: { ...event.data, name: 'mine' } }]
    return event.type === 'llm.response' ? [] : [event]
  })
  const foreign = fileSource({ name: 'tea.jsonl', events: open }, 'tea.jsonl')
  const again = { position: open.findIndex(({ type }) => type === 'llm.request'), id: 'b3', change, answers }
  await expect(foreign.fork?.('tea.jsonl', { ...again, strict: true }, hooks().hooks)).rejects.toThrow(
    /^The strict branch ends at position \d+: .*: nothing was recorded\.$/
  )
  await foreign.fork?.('tea.jsonl', { ...again, id: 'b4' }, hooks().hooks)
})

test('a file is verified from its text; one that was changed is not as it was written', async () => {
  const { events } = await ran()
  const text = toJSONL(events)
  const good = fileSource(await readLedgerFile(new Blob([text])), 'tea.jsonl')
  expect(await good.verify?.('run:8')).toMatchObject({ ok: true, events: events.length })
  const changed = await readLedgerFile(new Blob([text.replace('Is tea warm?', 'Is tea cold?')]))
  expect(changed.unverified).toBe(true)
  expect(await fileSource(changed, 'x').verify?.('run:8')).toMatchObject({ ok: false, reason: expect.any(String) })
  expect(fileSource({ name: 'run:8', events }, 'this file').noVerify).toMatch(/without their chain/)
  const bare = events.map(event => JSON.stringify(event)).join('\n')
  expect(fileSource(await readLedgerFile(new Blob([bare])), 'x').verify).toBeUndefined()
})

test('a branch that was saved under another name is known as the branch, with its parent', () => {
  const mark = {
    id: 'm',
    type: 'branch.created',
    source: 'branch:b2',
    data: { branch_id: 'b2', parent: 'run:8', fork_position: 1 }
  }
  const list = listOf(fileSource({ name: 'run:8', events: [{ id: 'a', type: 'b', data: {} }, mark] }, 'x'))
  expect(list.now()).toMatchObject([{ name: 'branch:b2', parent: 'run:8' }])
})

test('a process is asked over POST with the token and without a key, and says why it refuses', async () => {
  const sent: { url: string; body: unknown; headers: Record<string, string> }[] = []
  let answer: () => Response = () =>
    new Response('This process only shows its runs: start it with --allow-fork.\n', { status: 403 })
  const source = serverSource({
    base: 'http://127.0.0.1:4711/',
    token: 't',
    fetch: (async (url: URL, init: RequestInit) => {
      sent.push({ url: url.pathname, body: JSON.parse(String(init.body)), headers: init.headers as never })
      return answer()
    }) as never
  })
  expect(source.noFork).toMatch(/--allow-fork/)
  const request = {
    position: 3,
    id: 'b2',
    change: { set: { model: 'x/y' } },
    answers: { provider: 'openai', key: 'sk-secret' }
  } as const
  await expect(source.fork?.('run:8', request, hooks().hooks)).rejects.toThrow(/^This process only shows/)
  expect(sent[0]).toEqual({
    url: '/api/fork',
    body: { ledger: 'run:8', position: 3, id: 'b2', change: { set: { model: 'x/y' } } },
    headers: { authorization: 'Bearer t', 'content-type': 'application/json' }
  })
  answer = () =>
    new Response('{"type":"branch","ledger":"branch:b2"}\n{"type":"ping"}\n{"type":"failed","message":"No money."}\n')
  const { begun, hooks: heard } = hooks()
  await expect(source.fork?.('run:8', request, heard)).rejects.toThrow('No money.')
  expect(begun).toEqual(['branch:b2'])
  answer = () => new Response('{"type":"branch","ledger":"branch:b2"}\n')
  await expect(source.fork?.('run:8', request, heard)).rejects.toThrow(/ended before the branch/)
  answer = () => new Response('{"type":"ended"}\n')
  await source.fork?.('run:8', { ...request, strict: true }, heard)
  expect(sent.at(-1)?.body).toMatchObject({ id: 'b2', strict: true })
  expect(sent.at(-2)?.body).not.toHaveProperty('strict')
})

test('a file with a line that is no event is forked before that line, and not behind it', async () => {
  const { events } = await ran()
  const lines = events.map(event => JSON.stringify(event))
  const parsed = await parseLedgerText(lines.toSpliced(3, 0, '{"id":"e2"}').join('\n'), 'x.jsonl')
  const source = fileSource(parsed, 'x.jsonl')
  const answers = { provider: 'simulated' } as const
  const { begun, hooks: heard } = hooks()
  await expect(source.fork?.('x.jsonl', { position: 4, id: 'b3', answers }, heard)).rejects.toThrow(
    'It cannot be forked there: #4, which stands before it, is no event.'
  )
  await source.fork?.('x.jsonl', { position: 3, id: 'b2', answers }, heard)
  expect(new Set(begun)).toEqual(new Set(['branch:b2']))
})

test('a list of events with a row that is none is forked before it, and named behind it', async () => {
  const { events } = await ran()
  const answers = { provider: 'simulated' } as const
  for (const [row, said] of [
    [null, 'null'],
    [7, '7'],
    ['x', '"x"'],
    [[1], 'a list']
  ]) {
    const parsed = await parseLedgerText(JSON.stringify(events.toSpliced(3, 0, row as never)), 'x.json')
    const source = fileSource(parsed, 'x.json')
    for (const position of [4, events.length + 1]) {
      await expect(source.fork?.('x.json', { position, id: 'b3', answers }, hooks().hooks)).rejects.toThrow(
        `It cannot be forked there: #4, which stands before it, is no event, but ${said}. Leave it out of the file, or fork before it.`
      )
    }
  }
  const parsed = await parseLedgerText(JSON.stringify(events.toSpliced(3, 0, null as never)), 'x.json')
  const { begun, hooks: heard } = hooks()
  await fileSource(parsed, 'x.json').fork?.('x.json', { position: 3, id: 'b2', answers }, heard)
  expect(new Set(begun)).toEqual(new Set(['branch:b2']))
})
