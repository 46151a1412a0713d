import { writeFile } from 'node:fs/promises'
import { parseJSONL, toJSONL } from 'daybook'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { demoText } from '../demo.js'
import { type CommandLine, commandLine, demoFile } from '../testing/command-line.js'

let line: CommandLine
beforeEach(async () => {
  line = await commandLine()
})
afterEach(() => line.remove())

/** The demo with other words in one of its answers, and in what they went to. */
async function changed(): Promise<void> {
  const { events } = await parseJSONL(await demoText())
  const written = events.map(event =>
    JSON.parse(JSON.stringify(event).replaceAll('Cheap tools have', 'Good books have'))
  )
  await writeFile(line.at('other.jsonl'), toJSONL(written, { name: 'run:other' }))
  await line.run(['import', 'other.jsonl'])
}

test('equal runs are said to be equal, both ways', async () => {
  await line.run(['import', demoFile, '--as', 'twin'])
  const { code, stdout, stderr } = await line.run(['diff', 'demo', 'twin'])
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout).toContain('World  the same in both')
  expect((await line.run(['diff', 'demo', 'twin', '--events'])).stdout).toContain('Events  the same in both')
  expect(await line.json(['diff', 'demo', 'twin', '--events'])).toMatchObject({ equal: true, common: 26, changed: [] })
})

test('worlds differ by field, with what was and what is, from where they differ on', async () => {
  await changed()
  const { stdout } = await line.run(['diff', 'demo', 'other'])
  expect(stdout).toMatch(/^ +demo +other\n {2}Events +26 +26\n {2}Calls +3 +3\n/m)
  expect(stdout).toContain('World  ~2 objects patched')
  expect(stdout).toMatch(/~ Finding finding-\S+ .*\n {6}text\n {8}- … .*Cheap tools.*\n {8}\+ … .*Good books/)
  for (const row of stdout.split('\n')) expect(row.length, row).toBeLessThanOrEqual(80)
  const { objects, equal } = await line.json(['diff', 'demo', 'other'])
  expect([equal, objects.added, objects.changed.length]).toEqual([false, [], 2])
  expect(objects.changed[0].fields[0].path).toBe('/data/text')
})

test('events differ word by word, in colours on a terminal and without them elsewhere', async () => {
  await changed()
  const { stdout } = await line.run(['diff', 'demo', 'other', '--events'])
  expect(stdout).toContain('20 events in common, 3 changed')
  expect(stdout).toMatch(/~ +#21 ▼ llm\.response /)
  expect(stdout.replace(/\s+/g, ' ')).toContain('[-Cheap tools-] {+Good books+} have')
  expect(stdout).not.toContain('\u001B')
  for (const row of stdout.split('\n')) expect(row.length, row).toBeLessThanOrEqual(80)
  const colours = await line.run(['diff', 'demo', 'other', '--events'], { isTTY: true, columns: 100 })
  expect(colours.stdout).toContain('\u001B[31m[-Cheap tools-]\u001B[39m')
  const none = await line.run(['diff', 'demo', 'other', '--events'], { isTTY: true, env: { NO_COLOR: '1' } })
  expect(none.stdout).toBe(stdout)
  const json = await line.json(['diff', 'demo', 'other', '--events'])
  expect(json.changed.map(({ type }: { type: string }) => type)).toEqual([
    'llm.response',
    'object.patched',
    'object.patched'
  ])
})

test('runs that were made apart are compared by what caused what', async () => {
  const { run } = await line.json(['run', 'research', '--goal', 'Trees?', '--simulate'])
  const { stdout } = await line.run(['diff', 'demo', run])
  expect(stdout).toContain('The runs were made apart, so their ids differ: --events compares them by cause.')
  const { removed, added, changed } = await line.json(['diff', 'demo', run, '--events'])
  expect([removed, added]).toEqual([[], []])
  expect(changed.length).toBeGreaterThan(5)
})

test('a run that is not there is said', async () => {
  const { code, stdout, stderr } = await line.run(['diff', 'demo', 'ffff'])
  expect([code, stdout, stderr]).toEqual([1, '', 'daybook: There is no run "ffff" in .daybook: see daybook list.\n'])
})

test('three or four runs are compared with the first of them', async () => {
  await changed()
  await line.run(['import', demoFile, '--as', 'twin'])
  await line.run(['fork', 'twin', '--at', '14', '--set', 'max_tokens=9', '--id', 'f', '--run', '--simulate'])
  const worlds = await line.run(['diff', 'demo', 'twin', 'other', 'branch:f'])
  expect([worlds.code, worlds.stderr]).toEqual([0, ''])
  expect(worlds.stdout).toMatch(/^ +demo +twin +other +branch:f\n {2}Events +26 +26 +26 +27\n/m)
  expect(worlds.stdout).toMatch(/demo and twin\n {2}World {2}the same in both\n\n {2}demo and other\n {2}World {2}~2/)
  const json = await line.json(['diff', 'demo', 'twin', 'other'])
  expect(json.runs.map(({ run }: { run: string }) => run)).toEqual(['demo', 'twin', 'other'])
  expect(json.worlds.map(({ run, equal }: { run: string; equal: boolean }) => [run, equal])).toEqual([
    ['twin', true],
    ['other', false]
  ])
  const events = await line.run(['diff', 'demo', 'twin', 'other', '--events'])
  expect(events.stdout).toContain('Events  23 the same in all, 3 not')
  expect(events.stdout).toMatch(/^✓✓~ +#21 ▼ llm\.response/m)
  for (const row of [...worlds.stdout.split('\n'), ...events.stdout.split('\n')]) {
    expect(row.length, row).toBeLessThanOrEqual(80)
  }
  const compared = await line.json(['diff', 'demo', 'twin', 'branch:f', '--events'])
  expect(compared.equal).toBe(false)
  expect(compared.rows.some(({ ids }: { ids: (string | null)[] }) => ids[0] === null && ids[2] !== null)).toBe(true)
  const many = await line.run(['diff', 'demo', 'twin', 'other', 'demo', 'demo'])
  expect([many.code, many.stderr]).toEqual([1, expect.stringContaining('diff does not take "demo": daybook diff')])
  expect(await line.json(['diff', 'demo', 'twin', 'demo', '--events'])).toMatchObject({
    equal: true,
    same: 26,
    rows: []
  })
})
