import { type LedgerEvent, toJSONL } from 'daybook'
import { expect, test } from 'vitest'
import { asked, bookOf } from '../model/events.fixture.js'
import { record } from '../model/read.js'
import { FileError, fileSource, parseLedgerText, readLedgerFile } from './from-file.js'
import { rawValue } from './raw-rows.js'

const lines = [asked('q1', 'Why?'), asked('q2', 'How?')].map(event => JSON.stringify(event))

test('a ledger as Daybook writes it opens under its own name, without a note', async () => {
  const stored = toJSONL([asked('q1', 'Why?'), asked('q2', 'How?')], { name: 'run:8' })
  const parsed = await parseLedgerText(stored, 'x.jsonl')
  expect(parsed).toMatchObject({ name: 'run:8', events: [{ id: 'q1' }, { id: 'q2' }] })
  expect(parsed.note).toBeUndefined()
})

test('a line that was changed after it was written is told', async () => {
  const stored = toJSONL([asked('q1', 'Why?'), asked('q2', 'How?')], { name: 'run:8' }).replace('Why?', 'Who?')
  expect((await parseLedgerText(stored, 'x.jsonl')).note).toMatch(/^Line 2 of x.jsonl: .*changed/)
})

test('bare events, one a line, are a ledger too', async () => {
  expect((await parseLedgerText(lines.join('\n'), 'x.jsonl')).events).toEqual([
    asked('q1', 'Why?'),
    asked('q2', 'How?')
  ])
})

test('a dump of kando is one document with its events', async () => {
  const dump = JSON.stringify({ stream: 'run:research-1', events: [asked('q1', 'Why?')], expected: {} }, null, 2)
  expect(await parseLedgerText(dump, 'x.json')).toMatchObject({ name: 'run:research-1', events: [{ id: 'q1' }] })
  expect((await parseLedgerText(JSON.stringify([asked('q1', 'Why?')]), 'x.json')).events).toHaveLength(1)
})

test('one document is looked at as closely as many lines', async () => {
  const twice = [asked('q1', 'Why?'), { ...asked('q1', 'How?') }, { id: 'odd' }, asked('q2', 'When?')]
  for (const dump of [twice, { stream: 'run:1', events: twice }]) {
    const parsed = await parseLedgerText(JSON.stringify(dump), 'x.json')
    expect(parsed.events.map(one => record(one).id)).toEqual(['q1', 'q1', 'odd', 'q2'])
    expect(parsed.note).toMatch(/^Line 2 of x.json: The event q1 was on line 1 already, with other content. 1 more/)
    expect(parsed.firstRaw).toBe(1)
  }
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
  for (const text of [deep, `[{"id":"a","data":${deep}}]`, `{"events":[{"id":"a","data":${deep}}]}`]) {
    await expect(parseLedgerText(text, 'x.json')).rejects.toThrow(/^x.json (was not opened|is no ledger)/)
  }
})

test('a torn last line is told, and shown raw', async () => {
  const torn = lines[1]?.slice(0, 30)
  const parsed = await parseLedgerText(`${lines[0]}\n${torn}`, 'x')
  expect(parsed.events).toMatchObject([{ id: 'q1' }, { type: 'malformed', data: { value: torn } }])
  expect(parsed.note).toMatch(/^Line 2/)
})

/** The rows as the panel has them. */
const rowsOf = ({ events }: { readonly events: readonly unknown[] }) => bookOf(...events).events

test('lines that are no events stay in their place as they are, and nothing is renumbered', async () => {
  const late = { ...asked('q3', 'When?'), timestamp: 7 }
  const loose = { ...asked('q4', 'Who?'), cause: 'q1' }
  const bad = ['{"id":"e2"}', '{}', 'null', 'no JSON {', JSON.stringify(late), JSON.stringify(loose)]
  const text = [bad[2], lines[0], bad[0], bad[1], '', lines[1], ...bad.slice(2)].join('\n')
  const rows = rowsOf(await parseLedgerText(text, 'x.jsonl'))
  expect(rows.map(({ type, data }) => (type === ('malformed' as string) ? record(data).value : type))).toEqual([
    ...[null, 'llm.request', { id: 'e2' }, {}, 'llm.request', null, 'no JSON {'],
    ...[late, loose]
  ])
  expect(rows.map(({ id }) => id).slice(0, 4)).toEqual(['malformed-1', 'q1', 'e2', 'malformed-4'])
})

test('a line with a changed byte is shown raw between the others', async () => {
  const events = ['q1', 'q2', 'q3'].map(id => asked(id, 'Why?'))
  const text = toJSONL(events, { name: 'run:8' }).replace('"q2","type":"llm', '"q2","type":"llx')
  const parsed = await parseLedgerText(text, 'x.jsonl')
  const rows = rowsOf(parsed)
  expect(rows.map(({ id, type }) => [id, type])).toEqual([
    ['q1', 'llm.request'],
    ['q2', 'malformed'],
    ['q3', 'llm.request']
  ])
  expect(rows[1]?.data).toMatchObject({ value: { id: 'q2', type: 'llx.request', crc: expect.any(String) } })
  expect(parsed).toMatchObject({ unverified: true, firstRaw: 1, forkable: [{ id: 'q1' }, { id: 'q3' }] })
})

test('a line that is too long or too deep to be shown as values is shown as text, to a bound', () => {
  expect(rawValue(`{"a":"${'x'.repeat(2e6)}"}`)).toHaveLength(1_000_001)
  const deep = '['.repeat(100_000) + ']'.repeat(100_000)
  expect(rawValue(deep)).toBe(deep)
})

test('what is no ledger is refused with what it is', async () => {
  for (const text of ['hello', '{"a":1}', '[1,2]', '{"daybook":9}\n{}', '<html>', '{']) {
    await expect(parseLedgerText(text, 'x.txt'), text).rejects.toThrow(FileError)
  }
})

test('a gzipped ledger is unpacked, and a damaged one refused', async () => {
  const packed = await new Response(
    new Blob([lines.join('\n')]).stream().pipeThrough(new CompressionStream('gzip'))
  ).blob()
  expect((await readLedgerFile(packed)).events).toHaveLength(2)
  await expect(readLedgerFile(packed.slice(0, 20))).rejects.toThrow(/damaged/)
  await expect(readLedgerFile(new Blob([]))).rejects.toThrow(/empty/)
  const begun = '{"daybook":1,"stream":"run:x","created":"2026-11-20T09:14:02.000Z"}\n'
  await expect(parseLedgerText(begun, 'x.jsonl')).rejects.toThrow(/^x\.jsonl is a ledger without events/)
})

test('a prototype key in a file is data and nothing more', async () => {
  const hostile = `${lines[0]?.slice(0, -1)},"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}`
  expect((await parseLedgerText(hostile, 'x')).events).toHaveLength(1)
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
})

test('a file is one ledger, read whole', async () => {
  const seen: unknown[] = []
  const source = fileSource(await parseLedgerText(lines.join('\n'), 'x.jsonl'), 'x.jsonl')
  source.watch(ledgers => seen.push(ledgers[0]?.name, ledgers[0]?.length))
  source.follow('x.jsonl', {
    events: (from, events) => seen.push(from, events.length),
    signals: () => {},
    state: status => seen.push(status.state)
  })
  expect(seen).toEqual(['x.jsonl', 2, 0, 2, 'closed'])
})

/** Two and a half megabytes of a ledger, as Daybook writes it. */
const long = () => {
  const events = Array.from({ length: 1200 }, (_, n) => asked(`q${n}`, `${n} ${'why? '.repeat(400)}`))
  return { events, ids: events.map(({ id }) => id), text: toJSONL(events, { name: 'run:8' }) }
}

async function followed(text: string | Blob) {
  const parsed = await readLedgerFile(typeof text === 'string' ? new Blob([text]) : text)
  const source = fileSource(parsed, 'x.jsonl')
  const batches: { from: number; ids: string[] }[] = []
  const said: unknown[] = []
  const lengths: (number | undefined)[] = []
  source.watch(ledgers => lengths.push(ledgers[0]?.length))
  source.follow('run:8', {
    events: (from, events) => batches.push({ from, ids: events.map(({ id }) => id) }),
    signals: () => {},
    state: ({ state, message }) => said.push(message ? `${state}: ${message}` : state)
  })
  return { parsed, source, batches, said, lengths }
}

test('a long file is shown while it is read, each event once, and says when it was read whole', async () => {
  const { ids, text } = long()
  const { parsed, source, batches, said, lengths } = await followed(text)
  expect(source.unverified).toBe(false)
  expect(batches[0]?.ids.length).toBeLessThan(300)
  await parsed.reading?.whole
  expect(batches.length).toBeGreaterThan(1)
  expect(batches.flatMap(batch => batch.ids)).toEqual(ids)
  for (const [at, { from }] of batches.entries()) {
    expect(from).toBe(batches.slice(0, at).reduce((sum, batch) => sum + batch.ids.length, 0))
  }
  expect([said[0], said.at(-1)]).toEqual(['connecting: The file is being read.', 'closed'])
  expect([lengths[0], lengths.at(-1)]).toEqual([batches[0]?.ids.length, 1200])
})

test('a long packed file is shown while it is unpacked, and can be verified', async () => {
  const { ids, events } = long()
  // Words that a packer cannot make short.
  const noise = (n: number): string => crypto.getRandomValues(new Uint8Array(400)).join(`${n}`)
  const text = toJSONL(
    events.map((event, n) => ({ ...event, data: { ...event.data, noise: noise(n) } }) as LedgerEvent),
    { name: 'run:8' }
  )
  const packed = await new Response(new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'))).blob()
  expect(packed.size).toBeGreaterThan(300_000)
  const { parsed, source, batches } = await followed(packed)
  expect(batches[0]?.ids.length).toBeLessThan(1200)
  await parsed.reading?.whole
  expect(batches.flatMap(batch => batch.ids)).toEqual(ids)
  expect(await source.verify?.('run:8')).toMatchObject({ ok: true, events: 1200 })
  // The fault may be known before the first rows are, or behind them.
  const torn = followed(packed.slice(0, 290_000)).then(({ parsed }) => parsed.reading?.whole)
  await expect(torn).rejects.toThrow(/damaged gzip/)
})

test('a long file of events without a chain is shown while it is read, under its own name', async () => {
  const { events, ids } = long()
  const text = events.map(event => `${JSON.stringify(event)}\n`).join('')
  const { parsed, source, batches } = await followed(text)
  expect(parsed.name).toBe('pasted')
  expect(source.verify).toBeUndefined()
  const whole = await parsed.reading?.whole
  expect(whole?.events.map(event => (event as LedgerEvent).id)).toEqual(ids)
  expect(whole?.unverified).toBeUndefined()
  expect(batches[0]?.ids.length).toBeLessThan(1200)
  expect(batches.flatMap(batch => batch.ids)).toEqual(ids)
})

test('what is wrong far behind the first rows of a long file is told when it is found', async () => {
  const { text } = long()
  const changed = await followed(text.replace('"1100 why?', '"1100 who?'))
  const whole = await changed.parsed.reading?.whole
  expect(whole?.note).toMatch(/^Line 1102 of pasted: .*changed/)
  expect(changed.source.unverified).toBe(true)
  expect(changed.said.at(-1)).toBe(`closed: ${whole?.note}`)
})

test('what is no event in a long file stays in its place while it is read', async () => {
  const { text } = long()
  const all = text.split('\n')
  all[700] = String(all[700]).replace('why?', 'who?')
  const { batches, parsed } = await followed(all.toSpliced(3, 0, 'no JSON').join('\n'))
  const whole = await parsed.reading?.whole
  const ids = batches.flatMap(batch => batch.ids)
  expect(ids).toHaveLength(1201)
  expect([ids[1], ids[2], ids[3]]).toEqual(['q1', 'malformed-3', 'q2'])
  expect(ids[700]).toBe('q699')
  expect(whole?.events[700]).toMatchObject({ id: 'q699', type: 'malformed' })
  expect(whole).toMatchObject({ firstRaw: 2, unverified: true })
})

test('a long file that cannot be read to its end keeps the rows that were read, and says why', async () => {
  const deep = Array.from({ length: 1200 }).reduce<unknown>(inner => [inner], 0)
  const bad = { ...asked('deep', 'x'), data: { model: 'm', messages: [], deep } } as unknown as LedgerEvent
  const { parsed, said, batches } = await followed(toJSONL([...long().events, bad]))
  await expect(parsed.reading?.whole).rejects.toThrow(/^pasted was not opened: Line 1202: .*levels deep/)
  expect(said.at(-1)).toMatch(/^closed: pasted was not opened: Line 1202/)
  expect(batches.at(-1)?.ids.at(-1)).toBe('q1199')
})
