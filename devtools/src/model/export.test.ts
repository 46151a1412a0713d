import { parseJSONL, verifyLedger } from 'daybook'
import { expect, test } from 'vitest'
import { answered, asked, bookOf } from './events.fixture.js'
import { ExportError, fileName, toGzip, toHtml, toJsonl, toTrace } from './export.js'

const { events } = bookOf(asked('q', 'How far </script><b>in winter</b>?'), answered('a', 'q'))
const place = '<script type="application/json" id="daybook-ledger"></script>'
const viewer = `<html><head><title>Daybook</title></head><body>${place}<script>run()</script></body></html>`

test('a ledger is written with its chain and read again as it was', async () => {
  const text = await (await toJsonl('run:8', events)).text()
  expect(text).toMatch(/"hash":"[0-9a-f]{64}"/)
  const parsed = await parseJSONL(text)
  expect(parsed).toMatchObject({ name: 'run:8', ok: true })
  expect(parsed.events).toEqual(events)
})

test('lines that are no events are written too', async () => {
  const book = bookOf(asked('q', 'Why?'), 'no event', { id: 7 })
  const lines = (await (await toJsonl('run:8', book.events)).text()).trim().split('\n')
  expect(lines.length).toBeGreaterThanOrEqual(3)
  expect(lines.join('')).toContain('no event')
})

test('packed, it is the same', async () => {
  const packed = await toGzip(new Blob(['one\ntwo\n']))
  const unpacked = packed.stream().pipeThrough(new DecompressionStream('gzip'))
  expect(await new Response(unpacked).text()).toBe('one\ntwo\n')
})

test('a page carries the ledger as data that ends no tag, and can verify it', async () => {
  const jsonl = await (await toJsonl('run:8', events)).text()
  const page = toHtml(viewer, 'run:8', 'Buses & $1 <b>', jsonl)
  expect(page).toContain('<title>Buses &amp; $1 &lt;b></title>')
  const text = /id="daybook-ledger">(.*)<\/script><script>/s.exec(page)?.[1] ?? ''
  expect(text).not.toContain('<')
  expect(JSON.parse(text)).toEqual({ stream: 'run:8', jsonl })
  expect(await verifyLedger(jsonl)).toMatchObject({ ok: true, events: 2 })
})

test('what is no viewer is refused', () => {
  expect(() => toHtml('<html><body>an app</body></html>', 'run:8', 't', '')).toThrow(ExportError)
  expect(() => toHtml('daybook-ledger', 'run:8', 't', '')).toThrow(ExportError)
})

test('a trace leaves out what was said unless it is asked for', async () => {
  expect(await (await toTrace('run:8', events, false)).text()).not.toContain('in winter')
  const trace = JSON.parse(await (await toTrace('run:8', events, true)).text())
  const [root, call] = trace.resourceSpans[0].scopeSpans[0].spans
  expect(call).toMatchObject({ name: 'chat openai/gpt-5-mini', parentSpanId: root.spanId })
  expect(JSON.stringify(trace)).toContain('in winter')
})

test('names of files are plain', () => {
  expect(fileName('run:8', 'jsonl')).toBe('run-8.jsonl')
  expect(fileName('../../etc/passwd', 'html')).toBe('etc-passwd.html')
  expect(fileName('trains.jsonl.gz', 'gzip')).toBe('trains.jsonl.gz')
  expect(fileName('…', 'gzip')).toBe('ledger.jsonl.gz')
})
