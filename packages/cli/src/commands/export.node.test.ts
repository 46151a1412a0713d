import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { parseJSONL, verifyLedger } from 'daybook'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { demoText } from '../demo.js'
import { type CommandLine, commandLine, demoFile } from '../testing/command-line.js'

let line: CommandLine
beforeEach(async () => {
  line = await commandLine()
})
afterEach(() => line.remove())

test('a ledger goes to the pipe as it can be imported and verified, and nothing else is printed', async () => {
  await line.run(['import', demoFile, '--as', 'buses'])
  const { code, stdout, stderr } = await line.run(['export', 'bus'])
  expect([code, stderr]).toEqual([0, ''])
  expect(await verifyLedger(stdout)).toMatchObject({ ok: true, events: 26 })
  const [exported, demo] = [await parseJSONL(stdout), await parseJSONL(await demoText())]
  expect(exported.name).toBe('run:buses')
  expect(exported.events).toEqual(demo.events)
})

test('a file is for its owner alone, and what was written is said', async () => {
  const { stdout } = await line.run(['export', 'demo', '--out', 'demo.jsonl'])
  expect(stdout).toMatch(/^Wrote the demo to demo\.jsonl, [\d.]+ kB\.\n$/)
  expect((await stat(line.at('demo.jsonl'))).mode & 0o777).toBe(0o600)
  const text = await readFile(line.at('demo.jsonl'), 'utf8')
  const written = { run: 'demo', format: 'jsonl', events: 26, out: 'demo.jsonl', bytes: Buffer.byteLength(text) }
  expect(await line.json(['export', 'demo', '--out', 'demo.jsonl'])).toEqual(written)
})

test('a trace is one object of JSON, without what was said', async () => {
  const { stdout } = await line.run(['export', 'demo', '--otlp'])
  const { resourceSpans } = JSON.parse(stdout)
  const { spans } = resourceSpans[0].scopeSpans[0]
  expect(spans.map(({ name }: { name: string }) => name)).toEqual([
    'run research',
    ...Array(3).fill('chat claude-haiku-4-5-20251001')
  ])
  expect(stdout).not.toContain('diesel')
  expect((await line.run(['export', 'demo', '--otlp', '--content'])).stdout).toContain('diesel')
})

/** As it is built: one file with a place for the ledger. */
async function builtPage(): Promise<string> {
  const page = `<!doctype html><html><head><title>Daybook</title></head><body><div id="root"></div>
    <script type="application/json" id="daybook-ledger"></script><script type="module">const price = '$&'</script>
  </body></html>`
  await mkdir(line.at('page'), { recursive: true })
  await writeFile(line.at('page', 'viewer.html'), page)
  return line.at('page')
}

test('a page holds the devtools and the run, and may load nothing', async () => {
  const { code, stdout } = await line.run(['export', 'demo', '--html'], { page: await builtPage() })
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^Wrote the demo to run-demo\.html, [\d.]+ kB\.\n$/)])
  const html = await readFile(line.at('run-demo.html'), 'utf8')
  expect(html).toContain('<title>Daybook demo</title>')
  expect(html).toContain("const price = '$&'")
  const [, ledger = ''] = /<script type="application\/json" id="daybook-ledger">(.*?)<\/script>/s.exec(html) ?? []
  const { stream, jsonl } = JSON.parse(ledger)
  expect(stream).toBe('run:demo')
  expect((await parseJSONL(jsonl)).events).toEqual((await parseJSONL(await demoText())).events)
  expect(await verifyLedger(jsonl)).toMatchObject({ ok: true })
})

test('what somebody said cannot get out of its place in the page', async () => {
  const text = '</script><script>alert(1)</script><!-- <img src=x onerror=alert(1)>'
  const event = {
    id: 'e1',
    type: 'object.created',
    source: 'run:bad',
    actor: 'cli',
    cause: [],
    timestamp: '2026-01-02T03:04:05Z'
  }
  const ledger = JSON.stringify([{ ...event, data: { id: 'o', type: 'Goal', data: { text } } }])
  await writeFile(line.at('bad.json'), ledger)
  await line.run(['import', 'bad.json'])
  const { stdout } = await line.run(['export', 'bad', '--html', '--out', '-'], { page: await builtPage() })
  expect(stdout.match(/<script/g)).toHaveLength(2)
  expect(stdout).not.toContain('<img')
  const [, held = ''] = /id="daybook-ledger">(.*?)<\/script>/s.exec(stdout) ?? []
  const { events } = await parseJSONL(JSON.parse(held).jsonl)
  expect(events[0]?.data).toMatchObject({ data: { text } })
})

test('what cannot be exported is said in a line', async () => {
  const cases: [string[], string][] = [
    [['export', 'demo', '--otlp', '--html'], 'export takes one of --jsonl, --otlp, --html.'],
    [['export', 'demo', '--out', ''], '--out takes the name of a file.'],
    [['export', 'demo', '--html'], 'The page of the devtools cannot be put into one file: run npm run build.'],
    [['export', 'demo', '--out', 'none/x'], 'none/x cannot be written: ']
  ]
  for (const [argv, message] of cases) {
    const { code, stdout, stderr } = await line.run(argv, { page: line.at('none') })
    expect([code, stdout], argv.join(' ')).toEqual([1, ''])
    expect(stderr).toMatch(/^daybook: [^\n]+\n$/)
    expect(stderr).toContain(message)
  }
})
