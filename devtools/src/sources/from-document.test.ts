import { toJSONL } from 'daybook'
import { expect, test } from 'vitest'
import { asked } from '../model/events.fixture.js'
import { documentSource } from './from-document.js'

const holding = (textContent: string | undefined) => ({
  getElementById: (id: string) =>
    id === 'daybook-ledger' && textContent !== undefined ? ({ textContent } as HTMLElement) : null
})

test('a page that carries a ledger with its chain shows it and verifies it', async () => {
  const events = [asked('q1', 'Is </script> a word?'), asked('q2', 'How?')]
  const jsonl = toJSONL(events, { name: 'run:8' })
  const open = async (text: string) => {
    const source = documentSource(holding(JSON.stringify({ stream: 'run:8', jsonl: text }).replaceAll('<', '\\u003c')))
    const seen: unknown[] = []
    await new Promise<void>(resolve => {
      source?.follow('run:8', {
        events: (_from, batch) => seen.push(...batch),
        signals: () => {},
        state: ({ state }) => state === 'closed' && resolve()
      })
    })
    return { source, seen }
  }
  const { source, seen } = await open(jsonl)
  expect(source).toMatchObject({ kind: 'file', label: 'this file', noVerify: undefined, unverified: false })
  expect(seen).toEqual(events)
  expect(await source?.verify?.('run:8')).toMatchObject({ ok: true, events: 2 })

  const changed = await open(jsonl.replace('How?', 'Who?'))
  expect(changed.seen).toMatchObject([{ id: 'q1' }, { type: 'malformed' }])
  expect(await changed.source?.verify?.('run:8')).toMatchObject({ ok: false, line: 3 })

  const bare = await open(events.map(event => `${JSON.stringify(event)}\n`).join(''))
  expect(bare.seen).toEqual(events)
  expect(bare.source?.verify).toBeUndefined()
  expect(bare.source?.noVerify).toMatch('without their chain')
})

test('a page of before, with events alone, shows it, whole and read only', () => {
  const events = [asked('q1', 'Is </script> a word?'), asked('q2', 'How?')]
  const source = documentSource(holding(JSON.stringify({ stream: 'run:8', events }).replaceAll('<', '\\u003c')))
  const seen: unknown[] = []
  source?.watch(ledgers => seen.push(ledgers.map(({ name, length }) => [name, length])))
  source?.follow('run:8', { events: (from, batch) => seen.push([from, batch]), signals: () => {} })
  expect(source).toMatchObject({ kind: 'file', label: 'this file' })
  expect(seen).toEqual([[['run:8', 2]], [0, events]])
})

test('a page that carries none, or something else, has no such source', () => {
  for (const text of [
    undefined,
    '',
    '{',
    '[]',
    '{"stream":1,"events":[]}',
    '{"stream":"run:8"}',
    '{"stream":"run:8","jsonl":7}'
  ]) {
    expect(documentSource(holding(text)), text).toBeUndefined()
  }
})
