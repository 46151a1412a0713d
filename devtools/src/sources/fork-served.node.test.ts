/** Strict forks all the way: from the panel's source over HTTP to the process that was started with --allow-fork. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { LedgerEvent } from 'daybook'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type CommandLine, commandLine, instant } from '../../../packages/cli/src/testing/command-line.js'
import type { DevtoolsSource, ForkHooks } from '../model/source.js'
import { serverSource } from './from-server.js'

let cli: CommandLine
let page = ''
beforeEach(async () => {
  cli = await commandLine()
  page = await mkdtemp(join(tmpdir(), 'daybook-page-'))
  await writeFile(join(page, 'index.html'), '<!doctype html>')
})
afterEach(async () => {
  await cli.remove()
  await rm(page, { recursive: true })
})

/** A kit as a person writes it: it asks one thing, and once it has grown, it doubts each answer. */
const kit = (grown: boolean): string => `
const ask = content => ({ type: 'llm.request', data: { model: 'anthropic/claude-haiku-4-5', messages: [{ role: 'user', content }] } })
export default { name: 'mine', version: '1', responders: () => [
  { name: 'begin', types: ['object.created'], fn: ({ data }) => (data.type === 'Goal' ? [ask('Is tea warm?')] : []) },
  { name: 'critic', types: ['llm.response'], fn: ({ data }) => (${grown} && !data.text.includes('so?') ? [ask('Is that so?')] : []) }
] }`

/** The command as it serves, as the panel's source; what it asks of a provider is counted. */
async function served(
  options: readonly string[],
  work: (source: DevtoolsSource, calls: () => number) => Promise<void>
) {
  const ending = new AbortController()
  let calls = 0
  let told: ((line: string) => void) | undefined
  const line = new Promise<string>(resolve => {
    told = resolve
  })
  const ended = cli.run(['devtools', '--allow-fork', ...options, '--json'], {
    stdout: { write: text => told?.(text) },
    page,
    signal: ending.signal,
    env: { ANTHROPIC_API_KEY: 'sk-no-real-key' },
    fetch: (...request) => {
      calls++
      return instant(...request)
    }
  })
  const failed = ended.then(({ stderr }) => Promise.reject(new Error(stderr)))
  const { port, url } = JSON.parse(await Promise.race([line, failed]))
  failed.catch(() => {})
  const token = new URLSearchParams(new URL(url).hash.slice(1)).get('t') ?? ''
  const source = serverSource({ base: `http://127.0.0.1:${port}/`, token })
  const unwatch = source.watch(() => {})
  try {
    await vi.waitFor(() => expect(source.noFork).toBeUndefined())
    await work(source, () => calls)
  } finally {
    unwatch()
    ending.abort()
    await ended
  }
}

function heard(): { begun: string[]; hooks: ForkHooks } {
  const begun: string[] = []
  const { signal } = new AbortController()
  return { begun, hooks: { signal, begun: name => void begun.push(name) } }
}

/** The events of a ledger once the last of them is of this type. */
async function until(source: DevtoolsSource, name: string, type: string): Promise<LedgerEvent[]> {
  const events: LedgerEvent[] = []
  const stop = source.follow(name, { events: (_from, batch) => void events.push(...batch), signals() {} })
  await vi.waitFor(() => expect(events.at(-1)?.type).toBe(type), { timeout: 5000 })
  stop()
  return events
}

test('a strict fork makes what follows from the change, and ends at anything else with its reason', async () => {
  await writeFile(cli.at('mine.mjs'), kit(false))
  const { run } = await cli.json(['run', './mine.mjs', '--simulate', '--goal', 'Tea'])
  const name = `run:${run}`
  await served(['--kit', './mine.mjs'], async (source, calls) => {
    const events = await until(source, name, 'llm.response')
    const position = events.findIndex(({ type }) => type === 'llm.request')
    const change = { set: { 'messages.0.content': 'Is it green?' } }
    const request = { position, id: 'b2', change, strict: true }
    expect(await source.estimate?.(name, request)).toMatchObject({ calls: 1, reused: 0 })
    const { begun, hooks } = heard()
    await source.fork?.(name, request, hooks)
    expect([new Set(begun), calls()]).toEqual([new Set(['branch:b2']), 1])
    expect(JSON.stringify((await until(source, 'branch:b2', 'llm.response')).at(-1))).toContain('Is it green?')
  })

  // The kit was worked on since: what it asks now is recorded nowhere, and follows from no change.
  await writeFile(cli.at('grown.mjs'), kit(true))
  await served(['--kit', './grown.mjs'], async (source, calls) => {
    const { begun, hooks } = heard()
    await expect(source.fork?.(name, { position: 2, id: 'b3', strict: true }, hooks)).rejects.toThrow(
      /^The strict branch ends at position \d+: .* There, critic asks ".*" "Is that so\?"\. .*Fork without strict/
    )
    expect([new Set(begun), calls()]).toEqual([new Set(['branch:b3']), 0])
    const branch = await until(source, 'branch:b3', 'warning.raised')
    expect(branch.at(-1)?.data).toMatchObject({ kind: 'strict' })
    expect(branch.filter(({ type }) => type === 'llm.failed')).toMatchObject([{ data: { kind: 'replay' } }])
    await source.fork?.(name, { position: 2, id: 'b4' }, heard().hooks)
    expect(calls()).toBe(1)
  })
})

test('of a kit that the process does not know, a strict fork makes the changed call alone', async () => {
  const two = kit(false).replace("[ask('Is tea warm?')]", "[ask('Is tea warm?'), ask('Is it blue?')]")
  await writeFile(cli.at('mine.mjs'), two)
  const { run } = await cli.json(['run', './mine.mjs', '--simulate', '--goal', 'Tea'])
  const name = `run:${run}`
  await served([], async (source, calls) => {
    const events = await until(source, name, 'llm.response')
    const position = events.findIndex(({ type }) => type === 'llm.request')
    const change = { set: { 'messages.0.content': 'Is it green?' } }
    // The call beside it is recorded, so it keeps its answer and only the changed one is asked.
    await source.fork?.(name, { position, id: 'b2', change, strict: true }, heard().hooks)
    expect(calls()).toBe(1)
  })
})
