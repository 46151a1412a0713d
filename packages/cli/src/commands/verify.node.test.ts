import { readFile, writeFile } from 'node:fs/promises'
import { parseJSONL, toJSONL } from 'daybook'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type CommandLine, commandLine, demoFile } from '../testing/command-line.js'

let line: CommandLine
beforeEach(async () => {
  line = await commandLine()
  await line.run(['import', demoFile, '--as', 'buses'])
})
afterEach(() => line.remove())

const file = () => line.at('.daybook', 'ledgers', 'run-buses.jsonl')

test('a ledger that nobody changed is as it was written, by the beginning of its name too', async () => {
  const { code, stdout, stderr } = await line.run(['verify', 'bus'])
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout).toMatch(/✓ buses: as it was written\n +Events +26\n +Hash +[0-9a-f]{64}\n/)
  const { head, ...rest } = await line.json(['verify', 'buses'])
  expect(rest).toEqual({ run: 'buses', ok: true, events: 26, ledger: '.daybook/ledgers/run-buses.jsonl' })
  expect(await line.run(['verify', 'buses', '--head', head])).toMatchObject({ code: 0 })
})

test('one changed letter is found, with its line, and the ledger is left as it is', async () => {
  const text = (await readFile(file(), 'utf8')).replace('diesel', 'petrol')
  await writeFile(file(), text)
  const { code, stdout } = await line.run(['verify', 'buses'])
  expect(code).toBe(1)
  expect(stdout).toMatch(/✕ buses: not as it was written\n +Line +2, in batch 1\n +Why +This line was changed/)
  expect(await line.json(['verify', 'buses'])).toMatchObject({ ok: false, events: 0, line: 2, batch: 1 })
  expect(await readFile(file(), 'utf8')).toBe(text)
})

test('a torn end and a changed header are found too', async () => {
  const text = await readFile(file(), 'utf8')
  await writeFile(file(), text.slice(0, -40))
  expect((await line.run(['verify', 'buses'])).code).toBe(1)
  await writeFile(file(), text.replace('"daybook":1', '"daybook":x'))
  expect(await line.json(['verify', 'buses'])).toMatchObject({ ok: false, line: 1, run: 'buses' })
})

test('a ledger that was written anew does not end with the hash that was kept', async () => {
  const { code, stdout } = await line.run(['verify', 'buses', '--head', '0'.repeat(64)])
  expect(code).toBe(1)
  expect(stdout).toContain('written anew')
})

test('the demo is verified without a folder, and what is not there is said', async () => {
  expect((await line.run(['verify', 'demo', '--dir', 'none'])).stdout).toContain('✓ demo: as it was written')
  const { code, stderr } = await line.run(['verify', 'ffff'])
  expect([code, stderr]).toEqual([1, 'daybook: There is no run "ffff" in .daybook: see daybook list.\n'])
})

test("a fork is held against the hash that its run's chain had when it was forked", async () => {
  await line.run(['fork', 'buses', '--at', '14', '--id', 'f', '--set', 'max_tokens=9', '--run', '--simulate'])
  expect(await line.json(['verify', 'f'])).toMatchObject({ ok: true, shares: [{ run: 'buses', ok: true }] })
  // Written anew as a whole, its chain holds; only the fork knows that it was another one.
  const { events } = await parseJSONL(await readFile(file(), 'utf8'))
  const other = events.map(event => JSON.parse(JSON.stringify(event).replaceAll('Cheap tools', 'Good books')))
  await writeFile(file(), toJSONL(other, { name: 'run:buses' }))
  expect(await line.json(['verify', 'buses'])).toMatchObject({ ok: true })
  const { code, stdout } = await line.run(['verify', 'f'])
  expect(code).toBe(1)
  expect(stdout.replace(/\s+/g, ' ')).toContain('It shares 14 events with "run:buses", which was written anew since.')
  expect(await line.json(['verify', 'f'])).toMatchObject({ ok: false, fault_in: 'buses', shares: [{ ok: true }] })
  const { stderr } = await line.run(['replay', 'f', '--strict'])
  expect(stderr).toContain('which was written anew since')
})
