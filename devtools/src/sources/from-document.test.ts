import { expect, test } from 'vitest'
import { asked } from '../model/events.fixture.js'
import { documentSource } from './from-document.js'

const holding = (textContent: string | undefined) => ({
  getElementById: (id: string) =>
    id === 'daybook-ledger' && textContent !== undefined ? ({ textContent } as HTMLElement) : null
})

test('a page that carries a ledger shows it, whole and read only', () => {
  const events = [asked('q1', 'Is </script> a word?'), asked('q2', 'How?')]
  const source = documentSource(holding(JSON.stringify({ stream: 'run:8', events }).replaceAll('<', '\\u003c')))
  const seen: unknown[] = []
  source?.watch(ledgers => seen.push(ledgers.map(({ name, length }) => [name, length])))
  source?.follow('run:8', { events: (from, batch) => seen.push([from, batch]), signals: () => {} })
  expect(source).toMatchObject({ kind: 'file', label: 'this file' })
  expect(seen).toEqual([[['run:8', 2]], [0, events]])
})

test('a page that carries none, or something else, has no such source', () => {
  for (const text of [undefined, '', '{', '[]', '{"stream":1,"events":[]}', '{"stream":"run:8"}']) {
    expect(documentSource(holding(text)), text).toBeUndefined()
  }
})
