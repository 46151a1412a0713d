import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'
import { parseJSONL } from 'daybook'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type CommandLine, commandLine, demoFile } from '../testing/command-line.js'

let line: CommandLine
let text = ''
beforeEach(async () => {
  line = await commandLine()
  text = await readFile(demoFile, 'utf8')
})
afterEach(() => line.remove())

test('a ledger comes in under its own name or another, and a second time changes nothing', async () => {
  const own = await line.run(['import', demoFile])
  expect(own).toMatchObject({ code: 0, stderr: '' })
  expect(own.stdout).toBe('Imported 26 events as demo, into .daybook/ledgers/run-demo.jsonl.\n')
  expect(await line.json(['import', demoFile, '--as', 'buses'])).toEqual({
    run: 'buses',
    ok: true,
    format: 'daybook',
    status: 'verified',
    events: 26,
    imported: 26,
    length: 26,
    ledger: '.daybook/ledgers/run-buses.jsonl',
    reports: []
  })
  const again = await line.run(['import', demoFile, '--as', 'buses'])
  expect([again.code, again.stdout]).toEqual([0, 'buses has these 26 events already: nothing is new.\n'])
})

test('a packed ledger is unpacked, and a damaged one is said to be', async () => {
  await writeFile(line.at('a.jsonl.gz'), gzipSync(text))
  expect((await line.run(['import', 'a.jsonl.gz'])).stdout).toContain('Imported 26 events as demo')
  await writeFile(line.at('b.jsonl.gz'), gzipSync(text).subarray(0, 300))
  const { code, stderr } = await line.run(['import', 'b.jsonl.gz'])
  expect([code, stderr]).toEqual([1, 'daybook: b.jsonl.gz is a damaged gzip file.\n'])
})

test('every bad line is reported with its number, and nothing is taken unless it is asked for', async () => {
  const lines = text.split('\n')
  await writeFile(line.at('bad.jsonl'), [...lines.slice(0, 3), 'nonsense', ...lines.slice(4)].join('\n'))
  const refused = await line.run(['import', 'bad.jsonl'])
  expect(refused.code).toBe(1)
  expect(refused.stdout).toMatch(/^ {2}line +4 {2}✕ This is no line of a ledger: it is torn or was changed\.$/m)
  expect(refused.stdout).toMatch(/Nothing was imported: \d+ events could be read. --partial takes what is good\.\n$/)
  expect((await line.run(['list'])).stdout).toContain('No runs')
  for (const row of refused.stdout.split('\n')) expect(row.length).toBeLessThanOrEqual(80)

  const taken = await line.json(['import', 'bad.jsonl', '--partial'])
  expect(taken.ok).toBe(false)
  expect(taken.imported).toBeGreaterThan(10)
  expect(taken.reports[0]).toMatchObject({ line: 4, severity: 'error', kind: 'syntax' })
})

test('what is no ledger is refused in a line that says what it is', async () => {
  await mkdir(line.at('folder'))
  await writeFile(line.at('empty'), '')
  await writeFile(line.at('picture.png'), Buffer.from('89504e470d0a1a0a0000000d', 'hex'))
  const refused: [string, string][] = [
    ['absent', 'There is no file absent.'],
    ['folder', 'folder is a folder: name one of its .jsonl files.'],
    ['empty', 'empty is empty: a ledger is a file with one event a line.'],
    ['picture.png', 'picture.png holds no text, so it is no ledger: that is a .jsonl file with one event a line.']
  ]
  for (const [file, message] of refused) {
    const { code, stderr } = await line.run(['import', file])
    expect([code, stderr], file).toEqual([1, `daybook: ${message}\n`])
  }
  await writeFile(line.at('words.txt'), 'Once upon a time\n')
  const words = await line.run(['import', 'words.txt'])
  expect(words.code).toBe(1)
  expect(words.stdout).toContain('words.txt holds no event that could be read: nothing was imported.')
  expect(words.stdout.split('\n')).toHaveLength(3)
  const named = await line.run(['import', demoFile, '--as', 'a/b'])
  expect([named.code, named.stderr.split('\n').length]).toEqual([1, 2])
})

test('a ledger of kando comes in as it is', async () => {
  const event = {
    id: 'e1',
    type: 'object.created',
    source: 'run:k',
    actor: 'cli',
    cause: [],
    timestamp: '2026-01-02T03:04:05Z'
  }
  await writeFile(line.at('kando.json'), JSON.stringify([{ ...event, data: { id: 'o', type: 'Goal', data: {} } }]))
  const document = { stream: 'run:k2', events: [{ ...event, data: { id: 'o', type: 'Goal', data: {} } }], expected: {} }
  await writeFile(line.at('document.json'), JSON.stringify(document, null, 2))
  expect(await line.json(['import', 'document.json'])).toMatchObject({ ok: true, run: 'k2', imported: 1 })
  expect(await line.json(['import', 'document.json', '--as', 'mine'])).toMatchObject({ run: 'mine', imported: 1 })
  expect(await line.json(['import', 'kando.json'])).toMatchObject({ ok: true, format: 'kando', run: 'k', imported: 1 })
})

test('a ledger that an editor has saved as UTF-16 is read, and said to be one', async () => {
  const event = { id: 'a', type: 'object.created', source: 'run:wide', actor: 'test', cause: [] }
  const text = JSON.stringify({ ...event, timestamp: '2026-01-01T00:00:00.000Z', data: { id: 'o', type: 'Tür' } })
  await writeFile(line.at('wide.jsonl'), Buffer.from(`\ufeff${text}\n`, 'utf16le'))
  const { code, stdout, stderr } = await line.run(['import', 'wide.jsonl'])
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout).toContain('The text is UTF-16LE and was read as that')
  expect(stdout).toContain('Imported 1 event as wide')
})

test('a line that is too deep or too long is named, and left out where what is good is asked for', async () => {
  const { events } = await parseJSONL(text)
  const lines = events.map(event => JSON.stringify(event))
  const deep = (lines[3] as string).replace('"data":{', `"data":{"deep":${'['.repeat(2000)}${']'.repeat(2000)},`)
  const long = (lines[5] as string).replace('"data":{', `"data":{"long":"${'x'.repeat(33e6)}",`)
  await writeFile(line.at('deep.jsonl'), [...lines.slice(0, 3), deep, ...lines.slice(4)].join('\n'))
  await writeFile(line.at('long.jsonl'), [...lines.slice(0, 5), long, ...lines.slice(6)].join('\n'))
  for (const [file, at, why] of [
    ['deep.jsonl', 4, 'nested more than 1000 levels deep'],
    ['long.jsonl', 6, 'larger than the limit of 32,000,000 bytes']
  ] as const) {
    const refused = await line.run(['import', file])
    expect([refused.code, refused.stdout]).toEqual([1, ''])
    expect(refused.stderr).toMatch(new RegExp(`^daybook: Line ${at}\\b.*${why}`))
    const taken = await line.json(['import', file, '--partial', '--as', file.slice(0, 4)])
    expect([taken.imported, taken.ok]).toEqual([25, false])
    expect(taken.reports[0]).toMatchObject({ line: at, severity: 'error', kind: 'limit' })
  }
})
