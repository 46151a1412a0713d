import { afterEach, describe, expect, test, vi } from 'vitest'
import type { LedgerEvent } from './event.js'
import { toJSONL } from './jsonl.js'
import { type ParsedLedger, parseJSONL } from './parse-jsonl.js'
import { verifyLedger } from './verify.js'

const event = (id: string, more: object = {}): LedgerEvent =>
  ({
    ...{ id, type: 'x.made', source: 'run:1', actor: 'test', cause: [], timestamp: '2026-11-21T10:00:00.000Z' },
    data: { text: 'ünï 😀 \ud800' },
    ...more
  }) as unknown as LedgerEvent

const many = (count: number): LedgerEvent[] => Array.from({ length: count }, (_, n) => event(`e${n}`))
const ids = ({ events }: ParsedLedger): string[] => events.map(({ id }) => id)
const kinds = ({ reports }: ParsedLedger): [number, string][] => reports.map(({ line, kind }) => [line, kind])

/** The text in pieces of so many bytes, as a file or a response gives them. */
async function* pieces(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = new TextEncoder().encode(text)
  for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size)
}

afterEach(() => void vi.unstubAllGlobals())

describe('a ledger as text', () => {
  test('tells of a line that is missing, whoever works out the hash', async () => {
    const lines = toJSONL(many(250)).split('\n')
    const text = lines.toSpliced(50, 1).join('\n')
    const parsed = await parseJSONL(text)
    expect(kinds(parsed)).toEqual([[100, 'hash']])
    expect(parsed).toMatchObject({ status: 'unverified', broken: { line: 100 } })
    expect(parsed.reports[0]?.message).toMatch('lines 2 to 100')
    vi.stubGlobal('crypto', undefined)
    expect(await parseJSONL(text)).toEqual(parsed)
  })

  test('reads back as it was, whole or in pieces, and verifies', async () => {
    const events = many(250)
    const text = toJSONL(events, { name: 'run:7', created: '2026-11-21T09:00:00.000Z' })
    expect(text.split('\n')[0]).toBe('{"daybook":1,"stream":"run:7","created":"2026-11-21T09:00:00.000Z"}')
    for (const source of [text, pieces(text, 1000), pieces(text, 7)]) {
      const parsed = await parseJSONL(source)
      expect(parsed).toMatchObject({ ok: true, format: 'daybook', name: 'run:7', reports: [] })
      expect(parsed.events).toEqual(events)
      expect(parsed.lines.slice(0, 2)).toEqual([2, 3])
    }
    expect(await verifyLedger(text)).toMatchObject({ ok: true, events: 250 })
    expect(await verifyLedger(pieces(text, 99))).toMatchObject({ ok: true, events: 250 })
  })

  test('tells of each line that is left out, and where it stood among the events', async () => {
    const good = many(3).map(one => JSON.stringify(one))
    const bad = ['{"id":"e2"}', 'null', '{}', 'torn {', JSON.stringify({ ...event('e0'), cause: 'x' })]
    const left: unknown[] = []
    const leftOut = (line: unknown): void => void left.push(line)
    const text = [good[0], bad[0], bad[1], good[1], bad[2], '', bad[3], good[1], good[2], bad[4]].join('\n')
    expect(ids(await parseJSONL(text, { leftOut }))).toEqual(['e0', 'e1', 'e2'])
    expect(left).toEqual([
      { position: 1, line: 2, text: bad[0] },
      { position: 1, line: 3, text: bad[1] },
      { position: 2, line: 5, text: bad[2] },
      { position: 2, line: 7, text: bad[3] },
      { position: 3, line: 10, text: bad[4] }
    ])
    left.length = 0
    await parseJSONL(`[\n${good[0]},\n{"id": 7}\n]`, { leftOut })
    expect(left).toEqual([{ position: 1, line: 2, text: '{"id":7}' }])
  })

  test('tells of lines of a chain that were changed or cut off, in their order, with the header and hash of none', async () => {
    const lines = toJSONL(many(250)).trimEnd().split('\n')
    const changed = String(lines[50]).replace('x.made', 'x.mode')
    const text = lines.with(50, changed).toSpliced(201, 0, 'no JSON').slice(0, 204).join('\n')
    for (const source of [text, pieces(text, 99)]) {
      const left: unknown[] = []
      const into: LedgerEvent[] = []
      const leftOut = (line: { position: number }): void => {
        expect(line.position).toBe(into.length)
        left.push(line)
      }
      const parsed = await parseJSONL(source, { leftOut, into })
      expect(parsed.events).toHaveLength(199)
      expect(left).toEqual([
        { position: 49, line: 51, text: changed },
        { position: 199, line: 202, text: 'no JSON' },
        { position: 199, line: 203, text: lines[201] },
        { position: 199, line: 204, text: lines[202] }
      ])
      const plain = await parseJSONL(text)
      expect([parsed.reports, parsed.status]).toEqual([plain.reports, plain.status])
    }
  })

  test('gives what it has read so far to whoever shows it meanwhile', async () => {
    const into: LedgerEvent[] = []
    const seen: number[] = []
    async function* watched(): AsyncGenerator<Uint8Array> {
      for await (const piece of pieces(toJSONL(many(250)), 9000)) {
        yield piece
        seen.push(into.length)
      }
    }
    expect((await parseJSONL(watched(), { into })).events).toBe(into)
    // Of a batch that is not whole yet nothing is given.
    expect([...new Set(seen)]).toEqual([0, 100, 200, 250])
  })

  test('takes its name from its first event, and may hold nothing', async () => {
    expect(await parseJSONL(toJSONL([event('a')]))).toMatchObject({ name: 'run:1' })
    const empty = toJSONL([])
    expect(await parseJSONL(empty)).toMatchObject({ ok: true, events: [] })
    expect(await verifyLedger(empty)).toMatchObject({ ok: true, events: 0 })
  })

  test('may have been through Windows', async () => {
    const text = `\ufeff${toJSONL(many(3)).replaceAll('\n', '\r\n\r\n').trimEnd()}`
    expect(ids(await parseJSONL(text))).toEqual(['e0', 'e1', 'e2'])
    expect(await verifyLedger(text)).toMatchObject({ ok: true, events: 3 })
  })

  test('has a known form', () => {
    // Fixed values, worked out by another program: whoever changes the form must make a new version of it.
    expect(toJSONL([event('a', { data: { n: 1 }, by: 'seed#0' })])).toBe(
      '{"daybook":1,"stream":"run:1","created":"2026-11-21T10:00:00.000Z"}\n' +
        '{"id":"a","type":"x.made","source":"run:1","actor":"test","cause":[],"timestamp":"2026-11-21T10:00:00.000Z","data":{"n":1},"by":"seed#0","crc":"895134d7","hash":"1cb2a2a0d9a59583f517e53c784e27a02fc1452ff088bdcbbc84cf38e46d82ab"}\n'
    )
  })
})

describe("kando's form", () => {
  test('is seven fields a line, and a list of them is read as well', async () => {
    const events = [event('a', { by: 'seed#0' }), event('b', { cause: ['a'] })]
    const text = toJSONL(events, { format: 'kando' })
    expect(
      text
        .split('\n')
        .slice(0, -1)
        .map(line => Object.keys(JSON.parse(line)))
    ).toEqual(Array(2).fill(['id', 'type', 'source', 'actor', 'cause', 'timestamp', 'data']))
    const without = events.map(({ by: _by, ...rest }) => rest)
    for (const form of [text, JSON.stringify(without), JSON.stringify(without, null, 2)]) {
      const parsed = await parseJSONL(form)
      expect(parsed).toMatchObject({ ok: true, format: 'kando', reports: [] })
      expect(parsed.events).toEqual(without)
    }
  })

  test('may leave out data, and what it does not know is kept', async () => {
    const { data: _data, ...bare } = event('a')
    const parsed = await parseJSONL(`${JSON.stringify(bare)}\n${JSON.stringify({ ...event('b'), branch: 'x' })}\n`)
    expect(parsed.events.map(({ data }) => data)).toEqual([{}, { text: 'ünï 😀 \ud800', extra: { branch: 'x' } }])
    expect(parsed.ok).toBe(true)
    expect(kinds(parsed)).toEqual([[2, 'extra']])
  })

  test('without its lines is the same events: checksums are of lines, and of no event', async () => {
    const events = [event('a'), event('b', { by: 'a#0' })]
    const cut = toJSONL(events)
      .trim()
      .split('\n')
      .slice(1)
      .map(line => JSON.parse(line))
    for (const form of [
      JSON.stringify(cut),
      cut.map(one => JSON.stringify(one, null, 1).replaceAll('\n', '')).join('\n')
    ]) {
      const parsed = await parseJSONL(form)
      expect(parsed).toMatchObject({ events, ok: true, status: 'unchained' })
      expect(kinds(parsed).map(([, kind]) => kind)).toEqual(['crc', 'crc'])
    }
    // What is only called so is the event's own.
    const own = await parseJSONL(JSON.stringify([{ ...event('a'), crc: 'high', hash: 'brown' }]))
    expect(own.events[0]?.data).toMatchObject({ extra: { crc: 'high', hash: 'brown' } })
  })
})

describe('a fault is named', () => {
  const text = toJSONL(many(250))
  const lines = text.split('\n')
  const changed = (index: number, change: (line: string) => string): string =>
    lines.map((line, at) => (at === index ? change(line) : line)).join('\n')

  test('by line, where an event was changed', async () => {
    const edited = changed(120, line => line.replace('"actor":"test"', '"actor":"best"'))
    expect(await verifyLedger(edited)).toMatchObject({ ok: false, events: 100, line: 121, batch: 2 })
    const parsed = await parseJSONL(edited)
    expect(parsed.ok).toBe(false)
    expect(kinds(parsed)).toEqual([
      [121, 'crc'],
      [201, 'hash']
    ])
    expect(parsed.events.length).toBe(249)
  })

  test('by batch, where a line was removed, moved, added or written anew', async () => {
    const without = lines.filter((_, at) => at !== 120).join('\n')
    const [a, b] = [lines[120] as string, lines[121] as string]
    const swapped = changed(120, () => b)
      .split('\n')
      .map((line, at) => (at === 121 ? a : line))
      .join('\n')
    const twice = changed(120, line => `${line}\n${line}`)
    for (const faulty of [without, swapped, twice]) {
      const found = await verifyLedger(faulty)
      expect(found).toMatchObject({ ok: false, events: 100, batch: 2 })
      expect((await parseJSONL(faulty)).ok).toBe(false)
    }
  })

  test('where a whole batch was removed', async () => {
    const without = [...lines.slice(0, 101), ...lines.slice(201)].join('\n')
    expect(await verifyLedger(without)).toMatchObject({ ok: false, events: 100, batch: 2 })
  })

  test('where the end was cut off', async () => {
    const cut = text.slice(0, -10)
    expect(await verifyLedger(cut)).toMatchObject({ ok: false, events: 200, batch: 3, line: 251 })
    const atLine = `${lines.slice(0, 230).join('\n')}\n`
    expect(await verifyLedger(atLine)).toMatchObject({ ok: false, events: 200, batch: 3, line: 202 })
    const parsed = await parseJSONL(atLine)
    expect(kinds(parsed)).toEqual([[202, 'cut']])
    expect(parsed.events.length).toBe(200)
  })

  test('where the end was cut off at a batch, by the head that was kept', async () => {
    const { head } = await verifyLedger(text)
    const shorter = `${lines.slice(0, 201).join('\n')}\n`
    expect(await verifyLedger(text, { head })).toMatchObject({ ok: true })
    expect(await verifyLedger(shorter)).toMatchObject({ ok: true, events: 200 })
    expect(await verifyLedger(shorter, { head })).toMatchObject({ ok: false, events: 200 })
  })

  test('where the header is missing or not ours', async () => {
    const headless = lines.slice(1).join('\n')
    expect(await verifyLedger(headless)).toMatchObject({ ok: false, line: 1 })
    const parsed = await parseJSONL(headless)
    expect(kinds(parsed)).toEqual([
      [1, 'header'],
      [100, 'hash']
    ])
    expect(parsed.events.length).toBe(250)
    expect(await verifyLedger('')).toMatchObject({ ok: false })
    expect(await verifyLedger('hello')).toMatchObject({ ok: false, line: 1 })
  })

  test('where the file is of a later time', async () => {
    const later = text.replace('"daybook":1', '"daybook":2')
    await expect(parseJSONL(later)).rejects.toMatchObject({ name: 'UnsupportedLedgerVersionError' })
    await expect(verifyLedger(later)).rejects.toMatchObject({ name: 'UnsupportedLedgerVersionError' })
    expect(await parseJSONL(text.replace('"daybook":1', '"daybook":1.5'))).toMatchObject({ name: 'run:1' })
  })

  test('in any one byte', async () => {
    const small = toJSONL(many(3))
    const bytes = new TextEncoder().encode(small)
    for (let at = 0; at < bytes.length - 1; at++) {
      const broken = bytes.slice()
      broken[at] = (broken[at] as number) ^ 1
      const found = await verifyLedger(
        (async function* () {
          yield broken
        })()
      ).catch((error: Error) => ({ ok: false, name: error.name }))
      expect(found.ok, `byte ${at}`).toBe(false)
    }
  })
})

describe('hostile lines', () => {
  test('are reported one by one, and pollute nothing', async () => {
    const parsed = await parseJSONL(
      [
        '{"id":"proto","type":"x","source":"s","actor":"a","cause":[],"timestamp":"t","data":{"__proto__":{"polluted":1}},"__proto__":{"polluted":2}}',
        '{"id":"twice","id":"other","type":"x","source":"s","actor":"a","cause":[],"timestamp":"t","data":{}}',
        '{"id":"deep","type":"x","source":"s","actor":"a","cause":[],"timestamp":"t","data":{"k":{"a":1,"\\u0061":2}}}',
        JSON.stringify(event('self', { cause: ['self'] })),
        JSON.stringify(event('early', { cause: ['late'] })),
        JSON.stringify(event('late', { cause: ['early', 'nowhere'] })),
        JSON.stringify(event('late', { cause: ['early', 'nowhere'] })),
        JSON.stringify(event('late', { cause: [] })),
        'no JSON',
        '{"id":1}',
        '[]',
        'null',
        ''
      ].join('\n')
    )
    expect(kinds(parsed)).toEqual([
      [1, 'prototype_key'],
      [1, 'timestamp'],
      [1, 'extra'],
      [2, 'duplicate_key'],
      [2, 'timestamp'],
      [3, 'duplicate_key'],
      [3, 'timestamp'],
      [4, 'cause_future'],
      [5, 'cause_future'],
      [6, 'cause_missing'],
      [7, 'repeated'],
      [8, 'duplicate_id'],
      [9, 'syntax'],
      [10, 'shape'],
      [11, 'shape'],
      [12, 'shape']
    ])
    expect(parsed.ok).toBe(false)
    expect(ids(parsed)).toEqual(['proto', 'other', 'deep', 'self', 'early', 'late'])
    expect(({} as { polluted?: unknown }).polluted).toBe(undefined)
    const [first] = parsed.events as unknown as { data: object }[]
    expect(Object.hasOwn(first?.data ?? {}, '__proto__')).toBe(true)
    for (const found of parsed.events) expect(Object.isFrozen(found.data)).toBe(true)
  })

  test('that are too deep, too long or too many end it before they fill the memory', async () => {
    const deep = `{"id":"a","data":${'['.repeat(100_000)}${']'.repeat(100_000)}}`
    const signed = toJSONL([event('a', { data: { deep: JSON.parse('['.repeat(1500) + ']'.repeat(1500)) } })])
    async function* endless(piece: string): AsyncGenerator<Uint8Array> {
      const bytes = new TextEncoder().encode(piece)
      for (;;) yield bytes
    }
    for (const source of [deep, signed, endless('x'.repeat(1_000_000)), endless('{}\n'.repeat(100_000)), `[${deep}]`]) {
      await expect(parseJSONL(source, { maxLines: 200_000 })).rejects.toMatchObject({
        name: 'ImportLimitError',
        kind: 'ledger'
      })
    }
    const text = toJSONL(many(20))
    for (const limit of [{ maxLine: 100 }, { maxTotal: 1000 }, { maxLines: 10 }]) {
      await expect(parseJSONL(text, limit)).rejects.toMatchObject({ name: 'ImportLimitError' })
      await expect(parseJSONL(pieces(text, 64), limit)).rejects.toMatchObject({ name: 'ImportLimitError' })
    }
  })

  test('by the thousand are counted, not all kept', async () => {
    const parsed = await parseJSONL('x\n'.repeat(5000))
    expect(parsed.ok).toBe(false)
    expect(parsed.reports.length).toBe(1000)
  })
})
