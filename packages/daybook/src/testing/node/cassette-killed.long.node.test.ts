/** A process that is killed while it records. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createHost } from '../../host.js'
import { verifyLedger } from '../../ledger/verify.js'
import { cassette } from './cassette.js'

const home = mkdtempSync(join(tmpdir(), 'daybook-killed-'))
const source = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const host = createHost({ env: () => undefined })

beforeAll(async () => {
  await build({
    configFile: false,
    logLevel: 'silent',
    ssr: { noExternal: true, resolve: { conditions: ['@daybook/source', 'node'] } },
    build: {
      ssr: true,
      outDir: home,
      emptyOutDir: false,
      rolldownOptions: {
        input: { cassette: source('./cassette.ts'), 'llm-stream': source('../../llm/llm-stream.ts') },
        output: { entryFileNames: '[name].mjs', chunkFileNames: '[name].mjs' }
      }
    }
  })
}, 60_000)
afterAll(() => rmSync(home, { recursive: true, force: true }))

const request = (content: string) => ({ model: 'm', messages: [{ role: 'user' as const, content }] })

test('what a killed recording had is in a file beside, whole; the old cassette is as it was', async () => {
  const file = join(home, 'weather.jsonl')
  writeFileSync(
    join(home, 'program.mjs'),
    `import { cassette } from './cassette.mjs'
     import { llmStream } from './llm-stream.mjs'
     const llm = ({ messages }) => llmStream(async function* () {
       const { content } = messages[0]
       if (content === 'never') {
         console.log('asked')
         await new Promise(resolve => setTimeout(resolve, 60_000))
       }
       const message = { role: 'assistant', content }
       return { text: content, model: 'm', message, finish_reason: 'stop', usage: null, tool_calls: [], cost_usd: 0, cached: false }
     })
     const { llm: ask, close } = cassette(${JSON.stringify(file)}, { mode: 'record', llm })
     const request = content => ({ model: 'm', messages: [{ role: 'user', content }] })
     for (const text of ['one', 'two', 'three']) await ask(request(text))
     if (process.argv[2] === 'close') await close()
     else await ask(request('never'))`
  )
  const env = { ...process.env, DAYBOOK_CASSETTE: '', CI: '' }
  const run = (...words: string[]) =>
    spawn(process.execPath, [join(home, 'program.mjs'), ...words], { env, stdio: ['ignore', 'pipe', 'inherit'] })

  const closing = run('close')
  await once(closing, 'close')
  expect(closing.exitCode).toBe(0)
  const before = readFileSync(file, 'utf8')
  expect(existsSync(`${file}.part`)).toBe(false)

  const killed = run()
  await once(killed.stdout as NodeJS.ReadableStream, 'data')
  killed.kill('SIGKILL')
  await once(killed, 'close')
  expect(readFileSync(file, 'utf8')).toBe(before)
  expect(await verifyLedger(readFileSync(`${file}.part`, 'utf8'))).toMatchObject({ ok: true, events: 7 })

  rmSync(file)
  await expect(cassette(file, { mode: 'replay', host }).llm(request('one'))).rejects.toThrow(`is in ${file}.part.`)
  renameSync(`${file}.part`, file)
  const replay = cassette(file, { mode: 'replay', host })
  expect((await replay.llm(request('three'))).text).toBe('three')
  await expect(replay.llm(request('never'))).rejects.toThrow('has no answer')
})
