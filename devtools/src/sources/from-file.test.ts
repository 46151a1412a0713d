import { expect, test } from 'vitest'
import { asked } from '../model/events.fixture.js'
import { FileError, fileSource, parseLedgerText, readLedgerFile } from './from-file.js'

const lines = [asked('q1', 'Why?'), asked('q2', 'How?')].map(event => JSON.stringify(event))
const header = '{"daybook":1,"stream":"run:8","created":"2026-11-20T09:14:02.000Z"}'

test('lines with a header are a ledger under its own name', () => {
  const parsed = parseLedgerText(`${header}\n${lines.join('\n')}\n`, 'x.jsonl')
  expect(parsed.name).toBe('run:8')
  expect(parsed.events).toHaveLength(2)
})

test('what only the file needs is taken off the events', () => {
  const stored = `${(lines[0] as string).slice(0, -1)},"crc":"1f2e3d4c","hash":"ab"}`
  expect(parseLedgerText(stored, 'x').events[0]).toEqual(asked('q1', 'Why?'))
})

test('a dump of kando is one document with its events', () => {
  const dump = JSON.stringify({ stream: 'run:research-1', events: [asked('q1', 'Why?')], expected: {} }, null, 2)
  expect(parseLedgerText(dump, 'x.json')).toMatchObject({ name: 'run:research-1', events: [{ id: 'q1' }] })
  expect(parseLedgerText(JSON.stringify([asked('q1', 'Why?')]), 'x.json').events).toHaveLength(1)
})

test('a torn last line is left out and told', () => {
  const parsed = parseLedgerText(`${lines[0]}\n${lines[1]?.slice(0, 30)}`, 'x')
  expect(parsed.events).toHaveLength(1)
  expect(parsed.note).toMatch(/cut off/)
})

test('a damaged line in the middle is kept as it is and told', () => {
  const parsed = parseLedgerText(`${lines[0]}\nrubbish\n${lines[1]}\n`, 'x')
  expect(parsed.events[1]).toBe('rubbish')
  expect(parsed.note).toMatch(/1 line/)
})

test('what is no ledger is refused with what it is', () => {
  const refusals = ['hello', '{"a":1}', '[1,2]', '{"daybook":9}\n{}', '<html>', '{']
  for (const text of refusals) expect(() => parseLedgerText(text, 'x.txt'), text).toThrow(FileError)
  expect(() => parseLedgerText('{"daybook":9,"stream":"run:1"}\n{}', 'x')).toThrow(/newer Daybook/)
})

test('a gzipped ledger is unpacked, and a damaged one refused', async () => {
  const packed = await new Response(
    new Blob([lines.join('\n')]).stream().pipeThrough(new CompressionStream('gzip'))
  ).blob()
  expect((await readLedgerFile(packed)).events).toHaveLength(2)
  await expect(readLedgerFile(packed.slice(0, 20))).rejects.toThrow(/damaged/)
  await expect(readLedgerFile(new Blob([]))).rejects.toThrow(/empty/)
})

test('a prototype key in a file is data and nothing more', () => {
  const hostile =
    '{"id":"x","type":"t","data":{},"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}'
  parseLedgerText(hostile, 'x')
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
})

test('a file is one ledger, read whole', () => {
  const seen: unknown[] = []
  const source = fileSource(parseLedgerText(lines.join('\n'), 'x.jsonl'), 'x.jsonl')
  source.watch(ledgers => seen.push(ledgers[0]?.name, ledgers[0]?.length))
  source.follow('x.jsonl', {
    events: (from, events) => seen.push(from, events.length),
    signals: () => {},
    state: status => seen.push(status.state)
  })
  expect(seen).toEqual(['x.jsonl', 2, 0, 2, 'closed'])
})
