import { existsSync } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, type TestContext as Given, test } from 'vitest'
import { createHost } from '../../host.js'
import type { LLMFn } from '../../llm/llm.js'
import { textLlm } from '../../llm/text-llm.js'
import { cassette } from './cassette.js'
import { cassetteFor, type TestContext } from './cassette-for.js'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cassettes-'))
})
afterAll(() => rm(folder, { recursive: true }))

const host = createHost({ env: () => undefined })
const llm: LLMFn = textLlm(() => ['Four degrees.', 0.0021])
const request = { model: 'm', messages: [{ role: 'user' as const, content: 'Oslo?' }] }

/** A test's context as Vitest makes it, in a folder of ours; `finish` ends the test. */
function contextOf(name: string, suites: readonly string[] = [], state = 'run') {
  const hooks: (() => Promise<void>)[] = []
  const suite = suites.reduce<TestContext['task']['suite']>((outer, name) => ({ name, suite: outer }), undefined)
  const task = { name, suite, file: { filepath: join(folder, 'weather.test.ts') }, result: { state } }
  const context: TestContext = { task, onTestFinished: hook => hooks.push(hook) }
  return { context, finish: () => Promise.all(hooks.map(hook => hook())) }
}

async function fileOf(name: string, suites: readonly string[] = []): Promise<string> {
  const { context, finish } = contextOf(name, suites)
  const { file, llm: asked } = cassetteFor(context, { llm, host, mode: 'record' })
  await asked(request)
  expect(existsSync(file)).toBe(false)
  await finish()
  expect(existsSync(file)).toBe(true)
  return file.slice(folder.length + 1)
}

test('each test has a file of its name beside its own, written when it has finished', async () => {
  expect(await fileOf('it knows Oslo')).toBe('__cassettes__/it knows Oslo.jsonl')
  expect(await fileOf('it knows Oslo', ['the weather', 'in towns'])).toBe(
    '__cassettes__/the weather - in towns - it knows Oslo.jsonl'
  )
  const odd = await Promise.all(['a/b: "c"', 'a/b: c', '../../up', 'x'.repeat(300)].map(name => fileOf(name)))
  for (const name of odd) expect(name).toMatch(/^__cassettes__\/[^/:"]{1,109}\.jsonl$/)
  expect(new Set(odd).size).toBe(4)
  expect((await readdir(join(folder, '__cassettes__'))).filter(name => name.endsWith('.part'))).toEqual([])
})

test('a test with a miss fails, though its program swallowed it; one that failed already is left alone', async () => {
  for (const [state, fails] of [
    ['run', true],
    ['fail', false]
  ] as const) {
    const { context, finish } = contextOf('nothing is recorded', [], state)
    const tape = cassetteFor(context, { mode: 'replay', host })
    await tape.llm(request).catch(() => {})
    if (fails) await expect(finish()).rejects.toThrow('There is no cassette')
    else await finish()
  }
})

describe('with the context of Vitest', () => {
  let file = ''
  const asks = (context: Given) => {
    const tape = cassetteFor(context, { llm, host, mode: 'live' })
    file = tape.file
    return tape
  }
  test('a context of Vitest is one that fits', async context => {
    const tape = asks(context)
    expect(await tape.llm(request)).toMatchObject({ text: 'Four degrees.', cost_usd: 0.0021 })
    const name = 'with the context of Vitest - a context of Vitest is one that fits.jsonl'
    expect(file).toBe(join(import.meta.dirname, '__cassettes__', name))
    expect(file).toBe(cassette(file, { host }).file)
  })
})
