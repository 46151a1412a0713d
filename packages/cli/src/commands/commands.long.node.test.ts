/** The commands as a person uses them one after the other: processes of their own, on the built packages. */
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'

const bin = fileURLToPath(new URL('../../bin/daybook.mjs', import.meta.url))
let cwd = ''
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'daybook-commands-'))
})
afterAll(() => rm(cwd, { recursive: true }))

interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

function daybook(...args: string[]): Promise<Ended> {
  return new Promise(resolve => {
    // No key and no variable of this machine: nobody can be asked.
    const options = { cwd, env: { PATH: process.env.PATH }, timeout: 60_000 }
    const child = execFile(process.execPath, [bin, ...args], options, (_error, stdout, stderr) => {
      // A price table that has grown old says so, and is right to.
      resolve({ code: child.exitCode ?? -1, stdout, stderr: stderr.replace(/^.*prices are.*\n/gm, '') })
    })
  })
}

/** What a command prints, which must end well and without a word of warning. */
async function said(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await daybook(...args)
  expect([code, stderr], args.join(' ')).toEqual([0, ''])
  return stdout
}

// biome-ignore lint/suspicious/noExplicitAny: it is looked at by name
const json = async (...args: string[]): Promise<any> => JSON.parse(await said(...args, '--json'))

test('run, verify, replay, fork, diff, trace, export and import, each on what the one before has left', {
  timeout: 120_000
}, async () => {
  const { run, events } = await json('run', 'research', '--goal', 'Should our town plant trees?', '--simulate')
  expect(await said('verify', run)).toContain(`✓ ${run}: as it was written`)
  expect(await json('replay', run, '--strict')).toMatchObject({ ok: true, events, diverged: 0 })

  // The request that comes first, asked in other words: found by what the run printed.
  const at = Number(/#(\d+) ▲ llm\.request/.exec(await said('status', run, '--events'))?.[1])
  const change = ['--set', 'messages.0.content="Which trees grow fast?"']
  const estimate = await said('fork', run, '--event', String(at), ...change, '--estimate', '--simulate')
  expect(estimate).toContain('1 call, 2 answers from the run itself')
  const fork = await json('fork', run, '--at', String(at - 1), ...change, '--id', 'fast', '--run', '--simulate')
  expect(fork).toMatchObject({ run: 'branch:fast', calls: 1, hits: 2, unanswered: 0 })
  expect(await json('verify', 'fast')).toMatchObject({ ok: true, shares: [{ run }] })
  expect(await json('replay', 'fast', '--strict')).toMatchObject({ ok: true })

  const worlds = await json('diff', run, 'fast')
  expect(worlds.objects).toMatchObject({ added: [], removed: [] })
  expect(await said('diff', run, 'fast', '--events')).toMatch(/\[-.*-\]/s)
  expect(await said('trace', '--run', 'fast')).toContain('led to')

  expect(await said('export', 'fast', '--out', 'fast.jsonl')).toMatch(/^Wrote branch:fast to fast\.jsonl, /)
  expect(JSON.parse(await said('export', 'fast', '--otlp')).resourceSpans).toHaveLength(1)
  await said('export', 'fast', '--html', '--out', 'fast.html')
  expect(await readFile(join(cwd, 'fast.html'), 'utf8')).toContain('id="daybook-ledger"')
  expect(await said('import', 'fast.jsonl', '--as', 'copy', '--dir', 'other')).toContain('as copy, into other/ledgers/')
  const [here, there] = [await json('replay', 'fast'), await json('replay', 'copy', '--dir', 'other')]
  expect([there.hash, there.events]).toEqual([here.hash, here.events])
  expect(await daybook('import', 'nothing.jsonl')).toMatchObject({ code: 1, stdout: '' })
})
