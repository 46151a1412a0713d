import { writeFile } from 'node:fs/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type CommandLine, commandLine, instant } from '../testing/command-line.js'

let line: CommandLine
beforeEach(async () => {
  line = await commandLine()
})
afterEach(() => line.remove())

async function unanswered(): Promise<string> {
  const { run, unanswered } = await line.json(['run', 'research', '--goal', 'Should we plant trees?'])
  expect(unanswered).toBe(3)
  return run
}

test('a run that nobody answered is finished, and printed from where it goes on', async () => {
  const run = await unanswered()
  const { code, stdout, stderr } = await line.run(['resume', run.slice(0, 6), '--simulate'])
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout).toMatch(new RegExp(`research \\S+, run ${run}, from event 19 on`))
  expect(stdout).toContain('Goal        Should we plant trees?')
  expect(stdout).not.toContain('kit.loaded')
  expect(stdout).toMatch(/ #2\d ▼ llm\.response .* <- #15\n/)
  expect(stdout).toContain('3 provider calls, 0 from the cache\n')
  const again = await line.run(['resume', run, '--simulate'])
  expect(again.code).toBe(0)
  expect(again.stdout).toContain('Nothing was left to do.')
})

test('--json prints what the whole run came to, in one object', async () => {
  const run = await unanswered()
  const object = await line.json(['resume', run, '--simulate'])
  expect(object).toMatchObject({ run, kit: 'research', calls: 3, unanswered: 0 })
  expect(object.events).toBeGreaterThan(25)
})

test('no answer is asked for twice', async () => {
  const run = await unanswered()
  let asked = 0
  const counting: typeof fetch = (...request) => {
    asked++
    return instant(...request)
  }
  await line.run(['resume', run, '--simulate'], { fetch: counting })
  await line.run(['resume', run, '--simulate'], { fetch: counting })
  expect(asked).toBe(3)
})

test('without a provider the requests stay, and what to do is said', async () => {
  const run = await unanswered()
  expect((await line.run(['resume', run])).stdout).toContain('3 requests unanswered: set one of')
})

test('a run of a kit that is not included says so, and takes its module', async () => {
  const kit = "export default { name: 'mine', version: '1.0.0', responders: () => [] }"
  await writeFile(line.at('mine.mjs'), kit)
  const { run } = await line.json(['run', './mine.mjs', '--goal', 'Hello?', '--simulate'])
  const without = await line.run(['resume', run, '--simulate'])
  expect(without.stderr).toMatch(/was made with the kit "mine", which is not included: pass --kit/)
  const wrong = await line.run(['resume', run, '--simulate', '--kit', 'research'])
  expect(wrong.stderr).toMatch(/was made with the kit "mine", not with "research"/)
  expect(await line.run(['resume', run, '--simulate', '--kit', './mine.mjs'])).toMatchObject({ code: 0, stderr: '' })
})

test('what cannot be resumed is said in a line', async () => {
  for (const argv of [['resume'], ['resume', 'ffff'], ['resume', 'demo'], ['resume', 'demo', '--budget-usd', 'x']]) {
    const { code, stdout, stderr } = await line.run(argv)
    expect([code, stdout], argv.join(' ')).toEqual([1, ''])
    expect(stderr).toMatch(/^daybook: [^\n]+\n$/)
  }
})
