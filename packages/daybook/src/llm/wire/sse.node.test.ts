import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { eventParser } from './body.js'

/** Vectors of the event stream format: what bytes mean which events, however they are cut. */
const fixtures = process.env.DAYBOOK_FIXTURES ?? new URL('../../../../../../shared/fixtures', import.meta.url).pathname
const file = `${fixtures}/sse/vectors.json`
const present = existsSync(file)
if (!present) console.warn('recorded answers not present')

interface Vector {
  readonly name: string
  readonly inputBase64: string
  readonly events: readonly { readonly event: string; readonly data: string }[]
}

const vectors: readonly Vector[] = present
  ? (JSON.parse(readFileSync(file, 'utf8')) as { vectors: Vector[] }).vectors
  : []

function read(pieces: readonly Uint8Array[]): object[] {
  const events: object[] = []
  const decoder = new TextDecoder()
  const feed = eventParser(({ event = 'message', data }) => events.push({ event, data }), {
    provider: 'p',
    model: 'm',
    host: 'h',
    secrets: []
  })
  for (const piece of pieces) feed(decoder.decode(piece, { stream: true }))
  return events
}

describe.skipIf(!present)('event streams', () => {
  test('there are vectors', () => expect(vectors.length).toBeGreaterThan(50))

  test.each(vectors)('$name: whole, in single bytes, and cut in two anywhere', ({ inputBase64, events }) => {
    const bytes = Uint8Array.from(Buffer.from(inputBase64, 'base64'))
    const expected = events.map(({ event, data }) => ({ event, data }))
    expect(read([bytes])).toEqual(expected)
    expect(read([...bytes].map(byte => Uint8Array.of(byte)))).toEqual(expected)
    const step = Math.ceil(bytes.length / 2000) // of the one long vector, two thousand places
    for (let cut = 1; cut < bytes.length; cut += step) {
      expect(read([bytes.subarray(0, cut), bytes.subarray(cut)])).toEqual(expected)
    }
  })
})
