import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CacheEntry } from '../cache/store.js'
import { createHost, type Host, type Warning } from '../host.js'
import { fileCache } from './file-cache.js'

let root: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'daybook-cache-'))
})
afterAll(() => rm(root, { recursive: true, force: true }))

const folder = (): Promise<string> => mkdtemp(join(root, 'cache-'))
const key = (n: number): string => n.toString(16).padStart(2, '0').repeat(32)
const _fileOf = (at: string, n: number): string => join(at, key(n).slice(0, 2), key(n))

function entry(text: string): CacheEntry {
  return {
    response: {
      text,
      model: 'm',
      message: { role: 'assistant', content: text },
      finish_reason: 'stop',
      usage: null,
      tool_calls: [],
      cost_usd: 1,
      cached: false
    },
    deltas: [{ type: 'text.delta', text }],
    stored: 0
  }
}

function listening(): { host: Host; warnings: Warning[] } {
  const warnings: Warning[] = []
  return { host: createHost({ warn: warning => void warnings.push(warning) }), warnings }
}

function filesIn(at: string): string[] {
  return readdirSync(at, { recursive: true, withFileTypes: true })
    .filter(file => file.isFile())
    .map(file => file.name)
}

/** Programs that use the cache in processes of their own. */
describe('several processes', () => {
  let program: string
  beforeAll(async () => {
    const source = fileURLToPath(new URL('./file-cache.ts', import.meta.url))
    const cachedSource = fileURLToPath(new URL('../cache/cached.ts', import.meta.url))
    const textSource = fileURLToPath(new URL('../llm/text-llm.ts', import.meta.url))
    const entryFile = join(root, 'program.ts')
    await writeFile(
      entryFile,
      `export { fileCache } from ${JSON.stringify(source)}
       export { cached } from ${JSON.stringify(cachedSource)}
       export { textLlm } from ${JSON.stringify(textSource)}`
    )
    await build({
      configFile: false,
      logLevel: 'error',
      root,
      ssr: { noExternal: true, resolve: { conditions: ['@daybook/source', 'module', 'node'] } },
      build: {
        ssr: entryFile,
        outDir: join(root, 'dist'),
        rolldownOptions: { output: { entryFileNames: 'cache.mjs' } }
      }
    })
    program = join(root, 'dist', 'cache.mjs')
  }, 60_000)

  async function script(body: string): Promise<string> {
    const path = join(await folder(), 'run.mjs')
    await writeFile(
      path,
      `import { fileCache, cached, textLlm } from ${JSON.stringify(program)}
       const key = n => n.toString(16).padStart(2, '0').repeat(32)
       const entry = ${entry.toString()}
       const at = process.argv[2]
       ${body}`
    )
    return path
  }

  const ended = async (child: ChildProcess): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  }

  test('killed while it writes, each answer is whole or absent', { timeout: 60_000 }, async () => {
    const at = await folder()
    const writing = await script(`
      const store = fileCache(at)
      for (;;) {
        await Promise.all(Array.from({ length: 20 }, async (_, n) => {
          await store.set(key(n), entry(n + ':' + 'x'.repeat(20_000)))
          process.stdout.write('.')
        }))
      }`)
    let found = 0
    for (let cycle = 0; cycle < 20; cycle++) {
      const child = spawn(process.execPath, [writing, at], { stdio: ['ignore', 'pipe', 'inherit'] })
      // After another number of writes each time, while others are under way.
      let written = 0
      for await (const dots of child.stdout) {
        written += dots.length
        if (written > cycle * 3) break
      }
      child.kill('SIGKILL')
      await ended(child)
      const { host, warnings } = listening()
      const store = fileCache(at, { host })
      for (let n = 0; n < 20; n++) {
        const one = await store.get(key(n))
        if (one) {
          found++
          expect(one).toEqual(entry(`${n}:${'x'.repeat(20_000)}`))
        }
      }
      await store.close?.()
      expect(warnings).toEqual([])
    }
    expect(found).toBeGreaterThan(0)
  })

  test('using the same answers at once, nobody sees half of one or an error', { timeout: 60_000 }, async () => {
    const at = await folder()
    const using = await script(`
      // Small enough that answers are removed all the time.
      const store = fileCache(at, { maxBytes: 60_000 })
      let hits = 0
      for (let n = 0; n < 400; n++) {
        const k = (n * 7 + process.pid) % 40
        const found = await store.get(key(k))
        if (found) {
          hits++
          const text = k + ':' + 'x'.repeat(2000)
          if (found.response.text !== text || found.deltas[0].text !== text) throw new Error('torn')
        }
        if (n % 5 === 0) await store.delete(key(k))
        else await store.set(key(k), entry(k + ':' + 'x'.repeat(2000)))
      }
      await store.close()
      console.log(hits)`)
    const runs = await Promise.all(Array.from({ length: 4 }, () => promisify(execFile)(process.execPath, [using, at])))
    for (const { stdout, stderr } of runs) {
      expect(stderr).toBe('')
      expect(Number(stdout)).toBeGreaterThan(0)
    }
    expect(filesIn(at).filter(name => name.endsWith('.tmp'))).toEqual([])
  })

  test.skipIf(process.platform === 'win32').each([
    ['no more files may be opened', 'ulimit -n 24', 'EMFILE'],
    ['a file may not grow', 'ulimit -f 0', 'EFBIG']
  ])('where %s, the calls succeed with one warning', async (_what, limit, code) => {
    const at = await folder()
    const asking = await script(`
      import { openSync } from 'node:fs'
      const warnings = []
      const host = { now: Date.now, random: Math.random, fetch, env: () => undefined, sha256: String, warn: w => warnings.push(w.kind) }
      const store = fileCache(at, { host })
      const ask = cached(textLlm(() => ['good day', 0.1]), store, { host })
      try { for (let n = 0; n < 100 && ${code === 'EMFILE'}; n++) openSync(process.argv[1]) } catch {}
      const texts = []
      for (let n = 0; n < 3; n++) texts.push((await ask({ model: 'm', messages: [{ role: 'user', content: 'hi' }] })).text)
      process.stdout.write(JSON.stringify({ texts, warnings: warnings.filter(kind => kind !== 'sweep') }))`)
    const command = `${limit}; exec "$0" "$1" "$2" | cat`
    const { stdout } = await promisify(execFile)('sh', ['-c', command, process.execPath, asking, at])
    expect(JSON.parse(stdout)).toEqual({ texts: ['good day', 'good day', 'good day'], warnings: [code] })
    await stat(at)
  })
})
