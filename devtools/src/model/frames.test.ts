import { expect, test } from 'vitest'
import { parseFrame } from './frames.js'

test('frames are read, and what is none is left out', () => {
  expect(parseFrame('{"type":"ping"}')).toEqual({ type: 'ping' })
  expect(parseFrame('{"type":"append","from":3,"events":[]}')).toEqual({ type: 'append', from: 3, events: [] })
  expect(parseFrame('{"type":"ledgers","ledgers":[{"name":"run:1","length":2},{"bad":true}]}')).toEqual({
    type: 'ledgers',
    ledgers: [{ name: 'run:1', length: 2 }],
    fork: false,
    verify: false
  })
  expect(parseFrame('{"type":"ledgers","ledgers":[],"fork":true}')).toMatchObject({ fork: true, verify: false })
  expect(parseFrame('{"type":"ledgers","ledgers":[],"kits":["mine"]}')).toMatchObject({ kits: ['mine'] })
  for (const line of [
    '',
    '{',
    '7',
    'null',
    '{"type":"later"}',
    '{"type":"append","from":-1,"events":[]}',
    '{"type":"append"}'
  ]) {
    expect(parseFrame(line)).toBeUndefined()
  }
})

test('signals without their shape are left out', () => {
  const line =
    '{"type":"signals","signals":[{"request":"q","n":0,"delta":{"type":"text.delta","text":"a"}},{"n":1},null]}'
  expect(parseFrame(line)).toMatchObject({ signals: [{ request: 'q' }] })
})
