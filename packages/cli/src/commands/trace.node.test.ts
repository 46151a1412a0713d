import { readFile, writeFile } from 'node:fs/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type CommandLine, commandLine, demoFile } from '../testing/command-line.js'

let line: CommandLine
beforeEach(async () => {
  line = await commandLine()
})
afterEach(() => line.remove())

test('without a run the demo shows how the last event came about, back to the goal', async () => {
  const { code, stdout, stderr } = await line.run(['trace'])
  expect([code, stderr]).toEqual([0, ''])
  const numbers = [...stdout.matchAll(/^ +#(\d+) /gm)].map(([, number]) => Number(number))
  expect(numbers).toEqual([26, 25, 22, 19, 13, 7, 2])
  expect(stdout).toContain('6 events led to it.')
  expect(stdout).toMatch(/#2 □ object\.created .*\(root\)\n +led to 24 events, 3 calls ≈ \$0\.0048, 7\.58 s\n/)
  expect(stdout).toContain('No runs in .daybook yet, so this is the demo.')
  for (const row of stdout.split('\n')) expect(row.length, row).toBeLessThanOrEqual(80)
})

test('effects go the other way, and an event is found by number, id, or the beginning of either part', async () => {
  const { event, events, direction } = await line.json(['trace', '15', '--effects'])
  expect([direction, events[0].number, events[0].type]).toEqual(['effects', 15, 'llm.request'])
  expect(events.length).toBeGreaterThan(1)
  expect(events[0].led_to).toMatchObject({ calls: 1, hits: 0 })
  for (const given of ['#15', event, event.slice(0, -4), event.slice('llm.request-'.length)]) {
    expect((await line.json(['trace', given])).event, given).toBe(event)
  }
})

test('a run is looked in when it is named; otherwise all are, the newest first', async () => {
  await line.run(['import', demoFile, '--as', 'buses'])
  const { event } = await line.json(['trace', '15', '--run', 'bus'])
  expect(await line.json(['trace', event])).toMatchObject({ run: 'buses', demo: false })
  expect((await line.run(['trace', '15'])).stdout).not.toContain('No runs in')
})

test('what is not there, or could be many, is said', async () => {
  const absent = await line.run(['trace', 'nothing'])
  expect([absent.code, absent.stdout]).toEqual([1, ''])
  expect(absent.stderr).toBe(
    'daybook: There is no event "nothing" in the runs of .daybook, nor in the demo: daybook status <run> --events prints them.\n'
  )
  const many = await line.run(['trace', 'object.created'])
  expect(many.stderr).toMatch(/^daybook: \d+ events begin with "object\.created": #2, #3, #5, #7, #9 and more\./)
  expect((await line.run(['trace', '99', '--run', 'demo'])).code).toBe(1)
})

test('a ledger that cannot be read does not hide the others, and is told of', async () => {
  await line.run(['import', demoFile, '--as', 'buses'])
  const file = line.at('.daybook', 'ledgers', 'run-buses.jsonl')
  const text = await readFile(file, 'utf8')
  await writeFile(file, text.replace('"daybook":1', '"daybook":9'))
  const { code, stdout, stderr } = await line.run(['trace', '15'])
  expect(stdout).toContain('the demo')
  expect([code, stderr.split('\n').length]).toEqual([1, 2])
})
