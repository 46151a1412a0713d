import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createDaybook } from '../daybook.js'
import type { Warning } from '../host.js'
import { textLlm } from '../llm/text-llm.js'

const home = process.cwd()
let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'daybook-stores-'))
  process.chdir(folder)
})
afterEach(async () => {
  process.chdir(home)
  await rm(folder, { recursive: true, force: true })
})

const made = (warnings: Warning[], answer: () => [string, number]) =>
  createDaybook({ model: 'm', llm: textLlm(answer), host: { warn: warning => warnings.push(warning) } })

test('ledgers and answers are kept in files, and found by the next Daybook', async () => {
  const warnings: Warning[] = []
  const first = made(warnings, () => ['yes', 1])
  expect(await first.text('hi')).toBe('yes')
  await first.close()

  const second = made(warnings, () => {
    throw new Error('must not be asked')
  })
  expect(await second.text('hi')).toBe('yes')
  expect((await second.ledgers.list()).map(({ name }) => name).sort()).toEqual(
    [first.ledger.name, second.ledger.name].sort()
  )
  await second.close()
  expect(warnings).toEqual([])
})

test('where no folder can be made, memory takes its place, the call succeeds, and it is said once for each', async () => {
  await writeFile('.daybook', 'a file where the folder should be')
  const warnings: Warning[] = []
  const daybook = made(warnings, () => ['yes', 1])
  expect(await daybook.text('hi')).toBe('yes')
  expect(await daybook.text('hi')).toBe('yes')
  const events = []
  for await (const { type } of daybook.ledger.read()) events.push(type)
  expect(events).toEqual(['llm.request', 'llm.response', 'llm.request', 'llm.response'])
  expect(warnings.map(({ area, kind }) => `${area} ${kind}`).sort()).toEqual([
    'cache unavailable',
    'ledger unavailable'
  ])
})
