import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LedgerCorruptError } from '../errors.js'
import { deepFreeze } from '../json.js'
import { eventText } from './chain.js'
import type { LedgerEvent } from './event.js'
import { toJSONL } from './jsonl.js'
import { NotHeldError, packer, unpacked } from './packed.js'
import { parseJSONL } from './parse-jsonl.js'
import { verifyLedger } from './verify.js'

function event(id: string, type: string, data: unknown): LedgerEvent {
  const rest = { source: 'run:1', actor: 'test', cause: [], timestamp: '2026-11-21T10:00:00.000Z' }
  return deepFreeze({ id, type, ...rest, data } as unknown as LedgerEvent)
}

/** The JSON of each event after it was packed and unpacked again, and the lines between. */
function through(events: readonly LedgerEvent[]): { lines: string[]; back: string[] } {
  const packed = packer()
  const lines = events.map((event, position) => packed.text(event, position))
  const held = new Map<string, LedgerEvent>()
  const back = lines.map(line => {
    const full = deepFreeze(unpacked(JSON.parse(line), id => held.get(id))) as LedgerEvent
    held.set(full.id, full)
    return eventText(full)
  })
  return { lines, back }
}

const words = (seed: number, length: number): string => {
  let text = ''
  for (let n = 0; text.length < length; n++) text += `${(seed * 7919 + n * 104729) % 100003} `
  return text.slice(0, length)
}

/** A dialog as it is recorded: a question, the request with all that was said before, and the answer. */
function dialog(turns: number, length: number, tools?: unknown): LedgerEvent[] {
  const events: LedgerEvent[] = []
  const messages: unknown[] = [{ role: 'system', content: words(1, length) }]
  for (let turn = 0; turn < turns; turn++) {
    const asked = { role: 'user', content: words(2 * turn + 2, length) }
    messages.push(asked)
    events.push(event(`message.appended-${turn}`, 'message.appended', { dialog_id: 'd', message: asked }))
    const request = { model: 'm', messages: [...messages], ...(tools ? { tools } : {}), target: { provider: 'p' } }
    events.push(event(`llm.request-${turn}`, 'llm.request', request))
    const text = words(2 * turn + 3, length)
    const message = { role: 'assistant', content: text }
    events.push(event(`llm.response-${turn}`, 'llm.response', { text, model: 'm', cost_usd: 0.01, message }))
    messages.push({ role: 'assistant', content: text })
  }
  return events
}

const size = (lines: readonly string[]): number => lines.reduce((sum, line) => sum + line.length, 0)

describe('a packed line', () => {
  test('gives the event back to the letter, the order of keys included', () => {
    const tools = [{ name: 'search', description: words(9, 300), parameters: { type: 'object' } }]
    const events = dialog(20, 400, tools)
    const { lines, back } = through(events)
    expect(back).toEqual(events.map(eventText))
    expect(lines.filter(line => line.includes('"same":')).length).toBeGreaterThan(30)
  })

  test('of any events does so', () => {
    const text = fc.oneof(fc.constantFrom(words(1, 300), words(2, 300), words(3, 1000)), fc.string({ maxLength: 20 }))
    const message = fc.oneof(
      fc.record({ role: fc.constantFrom('user', 'assistant'), content: text }),
      fc.record({ content: text, role: fc.constant('user') }),
      fc.record({ role: fc.constant('user'), content: fc.array(fc.record({ type: fc.constant('text'), text })) })
    )
    const messages = fc.array(message, { maxLength: 6 })
    const draft = fc.oneof(
      fc.record({
        type: fc.constant('llm.request'),
        data: fc.record({ messages, tools: fc.array(text), model: text })
      }),
      fc.record({ type: fc.constant('llm.request'), data: fc.dictionary(fc.string(), fc.oneof(text, messages)) }),
      fc.record({ type: fc.constant('llm.response'), data: fc.record({ text, message }) }),
      fc.record({ type: fc.constantFrom('tool.returned', 'object.created'), data: fc.jsonValue() }),
      fc.record({ type: fc.constant('message.appended'), data: fc.record({ message, same: text }) })
    )
    fc.assert(
      fc.property(fc.array(draft, { maxLength: 30 }), drafts => {
        const events = drafts.map(({ type, data }, n) => event(`e${n}`, type, JSON.parse(JSON.stringify(data))))
        expect(through(events).back).toEqual(events.map(eventText))
      }),
      { numRuns: 300 }
    )
  })

  test('is the plain one where there is little to say again', () => {
    const events = [
      ...dialog(2, 30),
      event('o', 'object.created', { id: 'o', type: 'T', data: { text: words(3, 400) } })
    ]
    expect(through(events).lines).toEqual(events.map(eventText))
  })

  test('of a branch of a dialog refers to what both share', () => {
    const events = dialog(10, 400)
    const last = events.at(-2)?.data as unknown as { messages: unknown[] }
    const other = event('other', 'llm.request', {
      model: 'm',
      messages: [...last.messages.slice(0, 9), { role: 'user', content: words(77, 400) }]
    })
    const { lines, back } = through([...events, other])
    expect(back.at(-1)).toBe(eventText(other))
    expect(lines.at(-1)?.length).toBeLessThan(1500)
  })

  test('refers to nothing that was not written', () => {
    const packed = packer()
    const events = dialog(2, 400)
    for (const [position, one] of events.entries()) packed.text(one, position)
    packed.forget()
    expect(packed.text(events[4] as LedgerEvent, 0)).not.toContain('llm.request-0')
  })
})

test('a dialog of 200 turns of 2 kB grows with what is said, and not with its square', () => {
  const { lines } = through(dialog(200, 2000))
  const said = 400 * 2000
  expect(size(lines)).toBeLessThan(said * 1.3)
  expect(size(through(dialog(400, 2000)).lines) / size(lines)).toBeLessThan(2.1)
})

test('a ledger as text keeps it so, is verified, and is read whole', async () => {
  const events = dialog(200, 2000)
  const text = toJSONL(events)
  expect(text.length).toBeLessThan(1.2e6)
  expect(await verifyLedger(text)).toMatchObject({ ok: true, events: 600 })
  const read = await parseJSONL(text)
  expect(read).toMatchObject({ ok: true, status: 'verified' })
  expect(read.events).toEqual(events)
})

describe('a line that refers to what is not there', () => {
  test('is reported and left out, and the rest is read', async () => {
    const lines = toJSONL(dialog(4, 400)).split('\n')
    const torn = lines.map(line => (line.includes('"id":"llm.request-1"') ? line.replace('"m"', '"n"') : line))
    const left: string[] = []
    const read = await parseJSONL(torn.join('\n'), { leftOut: ({ text }) => left.push(text) })
    expect(read.ok).toBe(false)
    expect(read.events.map(({ id }) => id)).toContain('llm.response-3')
    expect(read.events.map(({ id }) => id)).not.toContain('llm.request-2')
    expect(read.reports).toContainEqual(expect.objectContaining({ kind: 'reference', severity: 'error' }))
    expect(left.length).toBeGreaterThan(1)
  })

  const before = event('a', 'llm.request', { messages: [{ role: 'user', content: 'x' }] })
  const find = (id: string): LedgerEvent | undefined => (id === 'a' ? before : undefined)
  const line = (same: unknown, data: unknown = { messages: [], text: '' }): unknown =>
    structuredClone({ ...event('b', 'x', {}), data, same })

  test.each([
    ['a list', []],
    ['a text', 'x'],
    ['messages that are none', { messages: 'x' }],
    ['a piece that is none', { messages: [{}] }],
    ['a negative count', { messages: [-1] }],
    ['half a message', { messages: [0.5] }],
    ['more than the line has', { messages: [3] }],
    ['more than there is', { messages: [[0, 'a', 0, 2]] }],
    ['from behind', { messages: [[0, 'a', 1, 0]] }],
    ['its own messages', { messages: [[1, 'b', 0, 1]] }],
    ['a prototype', { values: [[['text'], 0, 'a', ['__proto__']]] }],
    ['a place that is not there', { values: [[['new'], 0, 'a', ['messages']]] }],
    [
      'a place in another event',
      { messages: [[0, 'a', 0, 1]], values: [[['messages', 0, 'content'], 0, 'a', ['messages']]] }
    ],
    ['itself', { values: [[['text'], 1, 'b', []]] }],
    ['all of its data', { values: [[[], 0, 'a', []]] }]
  ])('is refused: %s', (_name, same) => {
    expect(() => unpacked(line(same), find)).toThrow(LedgerCorruptError)
  })

  test('says which', () => {
    expect(() => unpacked(line({ messages: [[7, 'gone']] }), find)).toThrow(NotHeldError)
    expect(() => unpacked(line({ messages: [[7, 'gone']] }), find)).toThrow('"gone"')
  })

  test('comes to no more than a memory holds', async () => {
    const long = { role: 'user', content: words(1, 100_000) }
    let last = event('r0', 'llm.request', { messages: [long] })
    const doubled = (n: number): LedgerEvent => {
      const { length } = (last.data as unknown as { messages: unknown[] }).messages
      const same = {
        messages: [
          [0, last.id, 0, length],
          [0, last.id, 0, length]
        ]
      }
      const read = { ...event(`r${n}`, 'llm.request', {}), data: { messages: [] }, same }
      return deepFreeze(unpacked(read, () => last)) as LedgerEvent
    }
    expect(() => {
      for (let n = 1; n < 40; n++) last = doubled(n)
    }).toThrow(LedgerCorruptError)
    expect((last.data as unknown as { messages: unknown[] }).messages.length).toBeLessThan(1000)
  })
})
