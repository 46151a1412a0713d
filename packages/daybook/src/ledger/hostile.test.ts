import { describe, expect, test } from 'vitest'
import { crc32 } from './chain.js'
import type { LedgerEvent } from './event.js'
import { importLedger } from './import.js'
import { toJSONL } from './jsonl.js'
import { memoryLedgerStore } from './memory-ledger-store.js'
import { type ParsedLedger, parseJSONL } from './parse-jsonl.js'
import { verifyLedger } from './verify.js'

const event = (id: string, more: object = {}): LedgerEvent =>
  ({
    ...{ id, type: 'x.made', source: 'run:1', actor: 'test', cause: [], timestamp: '2026-11-21T10:00:00.000Z' },
    data: {},
    ...more
  }) as unknown as LedgerEvent

const kinds = ({ reports }: ParsedLedger) => reports.map(({ line, severity, kind }) => [line, severity, kind])
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

async function* inPieces(bytes: Uint8Array, size = bytes.length): AsyncGenerator<Uint8Array> {
  // One buffer for all, as streams may do it.
  const buffer = new Uint8Array(size)
  for (let at = 0; at < bytes.length; at += size) {
    const piece = bytes.subarray(at, at + size)
    buffer.set(piece)
    yield buffer.subarray(0, piece.length)
  }
}

/** The same piece again and again, and how often it was asked for. */
function repeated(piece: Uint8Array, times: number) {
  const asked = { pieces: 0 }
  async function* source(): AsyncGenerator<Uint8Array> {
    while (asked.pieces < times) {
      asked.pieces++
      yield piece
    }
  }
  return { asked, source: source() }
}

describe('a file that is no ledger', () => {
  test.each<[string, number[]]>([
    ['a PNG image', [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
    ['a JPEG image', [0xff, 0xd8, 0xff, 0xe0, 0]],
    ['a PDF document', [0x25, 0x50, 0x44, 0x46, 0x2d]],
    ['a gzip archive', [0x1f, 0x8b, 8, 0, 0, 0]],
    ['a zip archive', [0x50, 0x4b, 3, 4, 20]],
    ['an empty zip archive', [0x50, 0x4b, 5, 6]]
  ])('is named: %s', async (name, head) => {
    const bytes = new Uint8Array(5000).fill(10)
    bytes.set(head)
    for (const size of [5000, 1, 3]) {
      const parsed = await parseJSONL(inPieces(bytes, size))
      expect(parsed).toMatchObject({ ok: false, events: [], reports: [{ line: 1, kind: 'foreign' }] })
      expect(parsed.reports[0]?.message).toContain(`no ledger but ${name}`)
      const verified = await verifyLedger(inPieces(bytes, size))
      expect(verified).toMatchObject({ ok: false, line: 1 })
      expect(verified.reason).toContain(name)
    }
    const store = memoryLedgerStore()
    expect(await importLedger(store, inPieces(bytes))).toMatchObject({ ok: false, imported: 0 })
    expect(await store.list()).toEqual([])
  })

  test('or is empty, is told so; a list of no events is a ledger', async () => {
    for (const source of ['', '\n \r\n', inPieces(new Uint8Array()), inPieces(utf8('\ufeff')), inPieces(utf8('\n'))]) {
      expect(await parseJSONL(source)).toMatchObject({ ok: false, reports: [{ kind: 'empty' }] })
    }
    expect(await parseJSONL('[]')).toMatchObject({ ok: true, events: [], status: 'unchained' })
    expect(await parseJSONL(inPieces(utf8('{}')))).toMatchObject({ ok: false, reports: [{ kind: 'shape' }] })
    expect(await parseJSONL(inPieces(utf8('[]'), 1))).toMatchObject({ ok: true })
  })
})

describe('another encoding', () => {
  const events = [event('ä'), event('b', { data: { text: '蓝 😀' } })]
  const wide = (text: string, little: boolean): Uint8Array => {
    const bytes = new Uint8Array(text.length * 2)
    const view = new DataView(bytes.buffer)
    for (let at = 0; at < text.length; at++) view.setUint16(at * 2, text.charCodeAt(at), little)
    return bytes
  }

  test('of two bytes a sign is read, with or without its mark, and said', async () => {
    for (const text of [toJSONL(events), toJSONL(events, { format: 'kando' }), JSON.stringify(events, null, 1)]) {
      for (const little of [true, false]) {
        for (const mark of ['\ufeff', '']) {
          for (const size of [1, 7, 10_000]) {
            const parsed = await parseJSONL(inPieces(wide(mark + text.replaceAll('\n', '\r\n'), little), size))
            expect(parsed.events).toEqual(events)
            expect(parsed.ok).toBe(true)
            expect(kinds(parsed)).toEqual([[1, 'warning', 'encoding']])
          }
        }
      }
    }
  })

  test('of one byte a sign is an error on each line where it shows: nothing is altered unseen', async () => {
    const latin = (text: string): Uint8Array => Uint8Array.from(text, sign => sign.charCodeAt(0))
    const text = [event('plain'), event('é', { data: { text: 'déjà' } }), event('last')]
      .map(one => `${JSON.stringify(one)}\n`)
      .join('')
    for (const size of [1, 5, 50, 10_000]) {
      const parsed = await parseJSONL(inPieces(latin(text), size))
      expect(kinds(parsed)).toEqual([[2, 'error', 'encoding']])
      expect(parsed.events.map(({ id }) => id)).toEqual(['plain', '\ufffd', 'last'])
    }
    const store = memoryLedgerStore()
    expect(await importLedger(store, inPieces(latin(text)))).toMatchObject({ ok: false, imported: 0 })
    expect(await importLedger(store, inPieces(latin(text)), { partial: true })).toMatchObject({ imported: 3 })
  })

  test('is not seen in a text that says U+FFFD by itself', async () => {
    const honest = [event('a', { data: { text: 'lost: \ufffd' } })]
    const parsed = await parseJSONL(inPieces(utf8(toJSONL(honest, { format: 'kando' })), 3))
    expect(parsed).toMatchObject({ ok: true, reports: [], events: honest })
  })
})

describe('what has no end', () => {
  const megabyte = new Uint8Array(1_000_000).fill(0x78)

  test('a line of 500 MB is given up soon after the limit, without its rest being read', async () => {
    for (const [limit, run] of [
      [32, (source: AsyncIterable<Uint8Array>) => parseJSONL(source)],
      [32, (source: AsyncIterable<Uint8Array>) => importLedger(memoryLedgerStore(), source)],
      [2, (source: AsyncIterable<Uint8Array>) => parseJSONL(source, { maxLine: 2e6 })]
    ] as const) {
      const { asked, source } = repeated(megabyte, 500)
      await expect(run(source)).rejects.toMatchObject({ name: 'ImportLimitError', data: { limit: limit * 1e6 } })
      expect(asked.pieces).toBe(limit + 1)
    }
  })

  test('a line or a batch that a verification cannot hold is given up as well', async () => {
    const header = '{"daybook":1,"stream":"run:1","created":"x"}\n'
    const line = repeated(megabyte, 1000)
    await expect(verifyLedger(line.source)).rejects.toMatchObject({ name: 'ImportLimitError' })
    expect(line.asked.pieces).toBe(257)
    const body = `{"text":"${'y'.repeat(1_000_000)}"`
    const stored = `${body},"crc":"${crc32(body).toString(16).padStart(8, '0')}"}\n`
    async function* batch(): AsyncGenerator<string> {
      yield header
      for (let n = 0; n < 1000; n++) yield stored
    }
    await expect(verifyLedger(batch())).rejects.toMatchObject({ name: 'ImportLimitError' })
  })

  test('ten million tiny lines are given up at a million', async () => {
    for (const line of ['{}\n', '\n']) {
      const { asked, source } = repeated(utf8(line.repeat(10_000)), 1000)
      await expect(parseJSONL(source, { maxLines: 100_000 })).rejects.toMatchObject({ name: 'ImportLimitError' })
      expect(asked.pieces).toBe(11)
    }
  })

  test('lines that are no JSON are given up at a hundred thousand', async () => {
    const { asked, source } = repeated(utf8('x\n'.repeat(10_000)), 1000)
    await expect(parseJSONL(source)).rejects.toMatchObject({ name: 'ImportLimitError', data: { limit: 100_000 } })
    expect(asked.pieces).toBe(11)
  })

  test('a hundred thousand levels are refused before anything is built of them', async () => {
    const deep = `${'{"a":['.repeat(50_000)}`
    for (const text of [deep, `[${deep}`, `{"id":"x","data":${deep}${']}'.repeat(50_000)}}`]) {
      for (const source of [text, inPieces(utf8(text), 1000)]) {
        await expect(parseJSONL(source)).rejects.toMatchObject({ name: 'ImportLimitError', data: { limit: 1000 } })
      }
    }
  })
})

describe('what an import says', () => {
  test('of unknown fields: where they are now, and data of that name stays as it was', async () => {
    const odd = { ...event('a', { data: { extra: 1, extra_: 2 } }), schema: 3, __proto__x: 4 }
    const parsed = await parseJSONL(JSON.stringify(odd))
    expect(parsed.ok).toBe(true)
    expect(parsed.events[0]?.data).toEqual({ extra: 1, extra_: 2, extra__: { schema: 3, __proto__x: 4 } })
    expect(parsed.reports[0]).toMatchObject({ kind: 'extra', severity: 'warning', id: 'a' })
    expect(parsed.reports[0]?.message).toContain('data.extra__')
  })

  test('of a chain: verified, unverified since it was touched, or that there is none', async () => {
    const whole = toJSONL([event('a'), event('b', { data: { n: 1 } })])
    const lines = whole.split('\n')
    expect(await parseJSONL(whole)).toMatchObject({ ok: true, status: 'verified' })
    for (const touched of [
      whole.replace('"n":1', '"n":2'),
      whole.replace('"created":"2026', '"created":"2027'),
      lines.slice(1).join('\n'),
      lines.slice(0, 2).join('\n'),
      `${lines[0]}\n${lines[2]}\n`,
      `${lines[0]}\n${lines[2]}\n${lines[1]}\n`
    ]) {
      expect(await parseJSONL(touched)).toMatchObject({ ok: false, status: 'unverified' })
      const report = await importLedger(memoryLedgerStore(), touched, { partial: true })
      expect(report).toMatchObject({ ok: false, status: 'unverified' })
    }
    const repeatedId = toJSONL([event('a'), event('a', { data: { n: 1 } })])
    expect(await parseJSONL(repeatedId), 'written like that').toMatchObject({ ok: false, status: 'verified' })
    expect(await parseJSONL(toJSONL([event('a')], { format: 'kando' }))).toMatchObject({ status: 'unchained' })
  })

  test('of a time that is none, and of keys that are the names of prototypes', async () => {
    const odd = [
      event('a', { timestamp: 'x' }),
      event('b', { data: { item: { constructor: 1 } } }),
      event('c', { data: { list: [{ prototype: {} }] } }),
      event('d')
    ].map(one => JSON.stringify(one))
    const polluting = '{"__proto__":{"polluted":1}}'
    odd.push(
      JSON.stringify(event('e')).replace('"data":{}', `"data":${polluting}`),
      JSON.stringify(event('f')).replace('"data":{}', `"data":{"x":[${polluting.replace('_', '\\u005f')}]}`),
      JSON.stringify(event('g')).replace('"data":{}', `"data":{},"__proto__":{"polluted":1}`)
    )
    const wanted = [
      [1, 'warning', 'timestamp'],
      [2, 'warning', 'prototype_key'],
      [3, 'warning', 'prototype_key'],
      [5, 'error', 'prototype_key'],
      [6, 'error', 'prototype_key'],
      [7, 'error', 'prototype_key'],
      [7, 'warning', 'extra']
    ]
    for (const text of [odd.join('\n'), `[${odd.join(',')}]`]) {
      const parsed = await parseJSONL(text)
      expect(kinds(parsed)).toEqual(wanted)
      expect(parsed.events.map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g'])
      expect(({} as { polluted?: number }).polluted).toBeUndefined()
    }
    expect((await parseJSONL(odd.join('\n'))).reports[3]?.message).toContain('__proto__')
    // A text that only speaks of them is a text.
    const spoken = JSON.stringify(event('a', { data: { text: '"__proto__": and "constructor":' } }))
    expect(await parseJSONL(spoken)).toMatchObject({ ok: true, reports: [] })
  })
})

describe('a line over the limits', () => {
  const deep = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`
  const plain = (id: string, data = '{}'): string => JSON.stringify(event(id)).replace('"data":{}', `"data":${data}`)
  const sources = (text: string): (string | AsyncIterable<Uint8Array>)[] => [
    text,
    ...[7, 300, 1e6].map(size => inPieces(utf8(text), size))
  ]

  test('ends the import with its number', async () => {
    const long = [plain('a'), plain('b', JSON.stringify({ text: 'x'.repeat(5000) })), plain('c')].join('\n')
    for (const source of sources(long)) {
      const refused = parseJSONL(source, { maxLine: 1000 })
      await expect(refused).rejects.toMatchObject({ name: 'ImportLimitError', data: { limit: 1000, line: 2 } })
      await expect(refused).rejects.toThrow('Line 2 ')
    }
    const nested = `${plain('a')}\n\n${plain('b', `{"x":${deep(2000)}}`)}\n`
    const refused = importLedger(memoryLedgerStore(), nested)
    await expect(refused).rejects.toMatchObject({ name: 'ImportLimitError', data: { limit: 1000, line: 3 } })
    await expect(refused).rejects.toThrow('Line 3')
  })

  test('is reported and left out where what is good is asked for', async () => {
    const lines = [
      plain('a'),
      plain('b', JSON.stringify({ text: 'x'.repeat(9000) })),
      plain('c'),
      plain('d', `{"x":${deep(2000)}}`),
      plain('e'),
      plain('f', JSON.stringify({ text: 'x'.repeat(20_000) }))
    ]
    for (const end of ['', '\n']) {
      for (const source of sources(lines.join('\n') + end)) {
        const parsed = await parseJSONL(source, { maxLine: 5000, partial: true })
        expect(kinds(parsed)).toEqual([2, 4, 6].map(line => [line, 'error', 'limit']))
        expect(parsed.events.map(({ id }) => id)).toEqual(['a', 'c', 'e'])
      }
    }
    const store = memoryLedgerStore()
    expect(await importLedger(store, lines.join('\n'), { partial: true, maxLine: 5000 })).toMatchObject({ imported: 3 })
    expect(await parseJSONL('x'.repeat(9000), { maxLine: 5000, partial: true })).toMatchObject({
      reports: [{ line: 1, kind: 'limit' }]
    })
    const list = await parseJSONL(`[${lines[0]},${lines[3]}]`, { partial: true })
    expect(kinds(list)).toEqual([[1, 'error', 'limit']])
  })

  test('of a ledger with a chain leaves it unverified, wherever it stands', async () => {
    const events = [event('a'), event('b', { data: { text: 'x'.repeat(9000) } })]
    const [header, a, b] = toJSONL(events).split('\n') as [string, string, string]
    const alone = toJSONL([events[1] as LedgerEvent]).split('\n')[1] as string
    for (const text of [
      [header, a, b],
      [header, b, a],
      [header, alone]
    ]) {
      const parsed = await parseJSONL(text.join('\n'), { maxLine: 5000, partial: true })
      expect(parsed).toMatchObject({ ok: false, status: 'unverified' })
    }
  })

  test('of 200 MB costs no more than the limit where it is left out', async () => {
    const megabyte = new Uint8Array(1_000_000).fill(0x78)
    async function* source(): AsyncGenerator<Uint8Array> {
      for (let n = 0; n < 200; n++) yield megabyte
      yield utf8(`\n${plain('a')}`)
    }
    const parsed = await parseJSONL(source(), { partial: true })
    expect(kinds(parsed)).toEqual([[1, 'error', 'limit']])
    expect(parsed.events.length).toBe(1)
  })
})
