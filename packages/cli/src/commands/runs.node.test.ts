import { afterEach, beforeEach, expect, test } from 'vitest'
import { type CommandLine, commandLine, demoFile } from '../testing/command-line.js'

let line: CommandLine
beforeEach(async () => {
  line = await commandLine()
})
afterEach(() => line.remove())

test('status shows the newest run, and the demo where there is none', async () => {
  const none = await line.run(['status'])
  expect(none.code).toBe(0)
  expect(none.stdout).toContain('Ledger      built into the command')
  expect(none.stdout).toContain('No runs in .daybook yet, so this is the demo. daybook start makes a run.')
  await line.run(['import', demoFile, '--as', 'buses'])
  const newest = await line.run(['status'])
  expect(newest.stdout).toContain('Run         buses, 26 events in 7.58 s')
  expect(newest.stdout).not.toContain('the demo')
})

test('the demo has every command by its name, until a run of the folder is called so', async () => {
  const { stdout } = await line.run(['status', 'demo', '--events'])
  expect(stdout).toContain('▼ llm.response')
  expect(stdout).not.toContain('No runs')
  for (const row of stdout.split('\n')) expect(row.length, row).toBeLessThanOrEqual(80)
  expect(await line.json(['status', 'demo'])).toMatchObject({ run: 'demo', calls: 3, ledger: 'built into the command' })
  await line.run(['import', demoFile])
  expect(await line.json(['status', 'demo'])).toMatchObject({ ledger: '.daybook/ledgers/run-demo.jsonl' })
})

test('a fork is listed with what it shares, and named by its id', async () => {
  await line.run(['fork', 'demo', '--at', '14', '--id', 'f', '--set', 'max_tokens=9', '--run', '--simulate'])
  const { runs } = await line.json(['list'])
  expect(runs.map(({ run, events }: { run: string; events: number }) => [run, events])).toEqual([
    ['branch:f', 27],
    ['demo', 26]
  ])
  expect(runs[0]).toMatchObject({ state: 'done', kit: 'research', goal: runs[1].goal })
  expect(await line.json(['status', 'f'])).toMatchObject({ run: 'branch:f', events: 27 })
})

test('a name that is the beginning of another means itself', async () => {
  await line.run(['import', demoFile, '--as', 'trees'])
  await line.run(['import', demoFile, '--as', 'trees-2'])
  await line.run(['import', demoFile, '--as', 'Trees'])
  expect(await line.json(['status', 'trees'])).toMatchObject({
    run: 'trees',
    ledger: '.daybook/ledgers/run-trees.jsonl'
  })
  const capital = await line.json(['status', 'Trees'])
  expect(capital.ledger).toMatch(/^\.daybook\/ledgers\/run-trees\+[0-9a-f]{12}\.jsonl$/)
  expect(await line.json(['verify', 'Trees'])).toMatchObject({ run: 'Trees', ok: true, ledger: capital.ledger })
  expect((await line.run(['status', 'tree'])).stderr).toContain('2 runs begin with "tree" in .daybook')
})
