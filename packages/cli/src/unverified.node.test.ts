import { readFile, writeFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type CommandLine, commandLine, demoFile } from './testing/command-line.js'

let line: CommandLine
beforeEach(async () => {
  line = await commandLine()
  await line.run(['import', demoFile, '--as', 'buses'])
})
afterEach(() => line.remove())

const file = () => line.at('.daybook', 'ledgers', 'run-buses.jsonl')

async function tamper(was = 'Cheap tools', is = 'Good books'): Promise<void> {
  const text = await readFile(file(), 'utf8')
  await writeFile(file(), text.replace(was, is))
}

/** What was printed, as one line of words. */
const words = (text: string): string => text.replace(/\s+/g, ' ')

const said =
  'unverified: line 22, event #21: This line was changed after it was written. Restore the file from a copy, or import it with --partial --as another name. daybook verify buses checks it.'

describe('a ledger that was changed', () => {
  test('is listed with all that it says, as unverified, with the place and what to do', async () => {
    await line.run(['import', demoFile, '--as', 'other'])
    await tamper()
    const text = await readFile(file(), 'utf8')
    const { code, stdout, stderr } = await line.run(['list'])
    expect([code, stderr]).toEqual([1, expect.stringContaining('buses is not as it was written.')])
    expect(stdout).toMatch(/^ {2}! buses +unverified +.*26 events/m)
    expect(stdout).toMatch(/^ {2}✓ other +done +.*26 events/m)
    expect(words(stdout)).toContain(`! ${said}`.replace(/\s+/g, ' '))
    for (const row of stdout.split('\n')) expect(row.length, row).toBeLessThanOrEqual(80)
    const { runs } = await line.json(['list'])
    const [buses, other] = ['buses', 'other'].map(name => runs.find(({ run }: { run: string }) => run === name))
    expect(buses).toMatchObject({ events: 26, kit: 'research', problem: null })
    expect(buses.unverified).toMatchObject({ ledger: 'buses', line: 22, event: 21 })
    expect(other.unverified).toBeNull()
    expect(await readFile(file(), 'utf8')).toBe(text)
  })

  test('is shown as unverified by status, trace, diff and a replay, with what is in it now', async () => {
    await line.run(['import', demoFile, '--as', 'other'])
    await tamper()
    const shown: [string[], RegExp][] = [
      [['status', 'buses'], /Good books/],
      [['status', 'buses', '--events'], /#26 /],
      [['trace', '21', '--run', 'buses'], /llm\.response/],
      [['replay', 'buses'], /Objects +8/],
      [['diff', 'buses', 'other'], /World {2}/],
      [['diff', 'other', 'buses', '--events'], /\{\+Good/]
    ]
    for (const [argv, what] of shown) {
      const { code, stdout, stderr } = await line.run(argv)
      expect([argv, code, stderr]).toEqual([argv, 1, expect.stringContaining('buses is not as it was written.')])
      expect(words(stdout), argv.join(' ')).toMatch(/unverified: (?:buses, )?line 22, event #21: This line was changed/)
      expect(stdout).toMatch(what)
      for (const row of stdout.split('\n')) expect(row.length, row).toBeLessThanOrEqual(80)
    }
    for (const argv of [
      ['status', 'buses'],
      ['trace', '21', '--run', 'buses'],
      ['replay', 'buses']
    ]) {
      expect((await line.json(argv)).unverified).toMatchObject({ ledger: 'buses', line: 22, event: 21 })
    }
    const { a, b } = await line.json(['diff', 'buses', 'other'])
    expect([a.unverified.line, b.unverified]).toEqual([22, null])
  })

  test('is refused by whatever goes on from it, with the place', async () => {
    await tamper()
    const text = await readFile(file(), 'utf8')
    const going = [
      ['replay', 'buses', '--strict'],
      ['resume', 'buses', '--simulate'],
      ['fork', 'buses', '--at', '3', '--simulate'],
      ['export', 'buses']
    ]
    for (const argv of going) {
      const { code, stdout, stderr } = await line.run(argv)
      expect([argv, code, stdout]).toEqual([argv, 1, ''])
      expect(stderr).toMatch(/not as it was written.* Line 22: This line was changed/)
    }
    expect(await readFile(file(), 'utf8')).toBe(text)
    expect(await line.run(['remove', 'buses'])).toMatchObject({ code: 0 })
  })

  test('is the fault of a fork too, as far as it is shared', async () => {
    await line.run(['fork', 'buses', '--at', '14', '--id', 'f', '--set', 'max_tokens=9', '--run', '--simulate'])
    await tamper('Should a town', 'Must a town')
    await tamper('diesel', 'petrol')
    const { stdout } = await line.run(['status', 'f'])
    expect(words(stdout)).toMatch(/unverified: buses, line \d+, event #\d+: /)
    const { runs } = await line.json(['list'])
    expect(runs.map(({ unverified }: { unverified: { ledger: string } }) => unverified?.ledger)).toEqual([
      'buses',
      'buses'
    ])
    expect(runs.map(({ events }: { events: number }) => events).sort()).toEqual([26, 27])
  })

  test('in its order, in its header, or so that it makes no world any more, is said to be', async () => {
    const text = await readFile(file(), 'utf8')
    const lines = text.split('\n')
    const moved = [...lines.slice(0, 5), lines[6], lines[5], ...lines.slice(7)].join('\n')
    await writeFile(file(), moved)
    expect(words((await line.run(['status', 'buses'])).stdout)).toContain('The batch of lines 2 to 27 was changed')
    await writeFile(file(), text.replace('"daybook":1', '"daybook":x'))
    expect((await line.json(['list'])).runs[0]).toMatchObject({ run: 'buses', events: 26, unverified: { line: 1 } })
    const gone = lines.filter(row => !row.includes('"type":"object.created"')).join('\n')
    await writeFile(file(), gone)
    const { code, stdout, stderr } = await line.run(['replay', 'buses'])
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toContain('unverified: ')
  })
})

describe('a copy of what is good of a changed ledger', () => {
  test('stays marked wherever it is shown, and a strict replay refuses it', async () => {
    await writeFile(line.at('bad.jsonl'), (await readFile(file(), 'utf8')).replace('Cheap tools', 'Good books'))
    const taken = await line.run(['import', 'bad.jsonl', '--partial', '--as', 'copy'])
    expect(words(taken.stdout)).toContain('Imported 25 events as copy')
    expect(words(taken.stdout)).toContain('It is marked as unverified')
    const from =
      'It was imported from a text whose chain is broken at line 22: This line was changed after it was written.'
    const { stdout, code } = await line.run(['list'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^ {2}! copy +unverified/m)
    expect(words(stdout)).toContain(`unverified: event #1: ${from}`)
    expect(words((await line.run(['status', 'copy'])).stdout)).toContain(from)
    expect((await line.json(['status', 'copy'])).unverified).toMatchObject({ ledger: 'copy', event: 1 })
    const verified = await line.run(['verify', 'copy'])
    expect(verified.code).toBe(1)
    expect(words(verified.stdout)).toContain(from)
    const replayed = await line.run(['replay', 'copy', '--strict'])
    expect([replayed.code, replayed.stdout]).toEqual([1, ''])
    expect(replayed.stderr).toContain('not as it was written')
    // So do its forks, and what is exported of it.
    await line.run(['fork', 'copy', '--at', '5', '--id', 'f', '--simulate'])
    expect((await line.json(['status', 'f'])).unverified).toMatchObject({ event: 1 })
    await line.run(['export', 'copy', '--out', 'again.jsonl'])
    await line.run(['import', 'again.jsonl', '--as', 'again'])
    expect((await line.json(['verify', 'again'])).ok).toBe(false)
  })
})
