import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cached } from '../cache/cached.js'
import type { CacheEntry, CacheStore } from '../cache/store.js'
import { createHost, type Host, type Warning } from '../host.js'
import type { LLMFn } from '../llm/llm.js'
import { textLlm } from '../llm/text-llm.js'
import { cacheContract } from '../testing/cache.contract.js'
import { fileCache } from './file-cache.js'

let root: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'daybook-cache-'))
})
afterAll(() => rm(root, { recursive: true, force: true }))

const folder = (): Promise<string> => mkdtemp(join(root, 'cache-'))
const key = (n: number): string => n.toString(16).padStart(2, '0').repeat(32)
const fileOf = (at: string, n: number): string => join(at, key(n).slice(0, 2), key(n))

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

describe('files', () => cacheContract(async () => fileCache(await folder()), { test, expect }))

test('an answer is found by a later process', async () => {
  const at = await folder()
  await fileCache(at).set(key(1), entry('kept'))
  expect(await fileCache(at).get(key(1))).toEqual(entry('kept'))
})

test('a folder that is not there yet is made, and all is for its owner only', async () => {
  const at = join(await folder(), 'deep', 'cache')
  await fileCache(at).set(key(1), entry('private'))
  const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8)
  expect([mode(at), mode(join(at, '01')), mode(fileOf(at, 1))]).toEqual(['700', '700', '600'])
})

test('a key is never a path', async () => {
  const at = await folder()
  const store = fileCache(join(at, 'cache'))
  const odd = [
    '',
    '..',
    '../x',
    'a'.repeat(63),
    'A'.repeat(64),
    `${'a'.repeat(64)}/..`,
    `../-${'a'.repeat(64)}`,
    `x\u0000-${'a'.repeat(64)}`
  ]
  for (const name of odd) {
    expect(() => store.get(name)).toThrow('64 hexadecimal digits')
    await expect(store.set(name, entry('x'))).rejects.toMatchObject({ kind: 'input' })
    await expect(store.delete(name)).rejects.toMatchObject({ kind: 'input' })
  }
  expect(readdirSync(at)).toEqual([])
})

describe('a damaged file is a miss, is removed, and is warned of once:', () => {
  test('cut at every byte', async () => {
    const at = await folder()
    const { host, warnings } = listening()
    const store = fileCache(at, { host })
    await store.set(key(1), entry('whole: é 😀'))
    const whole = readFileSync(fileOf(at, 1))
    for (let length = 0; length < whole.length; length++) {
      writeFileSync(fileOf(at, 1), whole.subarray(0, length))
      expect(store.get(key(1)), `cut at ${length}`).toBeUndefined()
      expect(existsSync(fileOf(at, 1))).toBe(false)
    }
    writeFileSync(fileOf(at, 1), whole)
    expect(store.get(key(1))).toEqual(entry('whole: é 😀'))
    expect(warnings.map(warning => warning.kind)).toEqual(['damaged'])
  })

  test('with any one bit turned', { timeout: 30_000 }, async () => {
    const at = await folder()
    const store = fileCache(at, listening())
    await store.set(key(1), entry('é'))
    const whole = readFileSync(fileOf(at, 1))
    let wrong = 0
    for (let bit = 0; bit < whole.length * 8; bit++) {
      const damaged = Buffer.from(whole)
      damaged[bit >> 3] = (damaged[bit >> 3] as number) ^ (1 << (bit & 7))
      writeFileSync(fileOf(at, 1), damaged)
      if (store.get(key(1)) !== undefined) wrong++
    }
    expect(wrong).toBe(0)
  })

  test('of another key', async () => {
    const at = await folder()
    const store = fileCache(at, listening())
    await store.set(key(1), entry('one'))
    await store.set(key(2), entry('two'))
    writeFileSync(fileOf(at, 2), readFileSync(fileOf(at, 1)))
    expect(store.get(key(2))).toBeUndefined()
  })
})

describe('limits', () => {
  const used = async (at: string, n: number, minutesAgo: number): Promise<void> => {
    const time = new Date(Date.now() - minutesAgo * 60_000)
    await utimes(fileOf(at, n), time, time)
  }

  test('the least recently used answers go first, whoever used them', async () => {
    const at = await folder()
    const filler = fileCache(at)
    for (let n = 0; n < 10; n++) {
      await filler.set(key(n), entry('x'.repeat(1000)))
      await used(at, n, 100 - n) // 0 is the oldest
    }
    await filler.close?.()
    const size = statSync(fileOf(at, 0)).size

    const reader = fileCache(at)
    expect(await reader.get(key(0))).toBeDefined() // so it is the newest now
    await reader.close?.()

    const store = fileCache(at, { maxBytes: size * 10 })
    await store.get(key(3))
    await store.set(key(10), entry('x'.repeat(1000)))
    await store.close?.()
    expect([...(await store.keys())].sort()).toEqual([0, 3, 4, 5, 6, 7, 8, 9, 10].map(key).sort())
  })

  test('writing without end stays within the limit', async () => {
    const at = await folder()
    const store = fileCache(at, { maxBytes: 50_000 })
    for (let n = 0; n < 200; n++) await store.set(key(n), entry('x'.repeat(400)))
    await store.close?.()
    const total = filesIn(at).reduce((sum, name) => sum + statSync(join(at, name.slice(0, 2), name)).size, 0)
    expect(total).toBeLessThanOrEqual(50_000)
    expect(total).toBeGreaterThan(30_000)
    expect(store.get(key(199))).toBeDefined()
  })

  test('an answer that is larger than the limit is not stored and pushes nothing out', async () => {
    const at = await folder()
    const store = fileCache(at, { maxBytes: 5000 })
    await store.set(key(1), entry('small'))
    await store.set(key(2), entry('x'.repeat(10_000)))
    await store.close?.()
    expect(await store.keys()).toEqual([key(1)])
  })

  test('what a crashed writer left is removed after an hour, and not before', async () => {
    const at = await folder()
    await mkdir(join(at, '01'))
    const left = (name: string): string => join(at, '01', `${key(1)}.${name}.tmp`)
    await writeFile(left('old'), 'half')
    await writeFile(left('new'), 'half')
    const time = new Date(Date.now() - 61 * 60_000)
    await utimes(left('old'), time, time)
    const store = fileCache(at)
    expect(store.get(key(1))).toBeUndefined()
    await store.close?.()
    expect(filesIn(at)).toEqual([`${key(1)}.new.tmp`])
    expect(await store.keys()).toEqual([])
  })
})

describe('a file system that fails: the calls succeed, with one warning for each cause', () => {
  const request = { model: 'm', messages: [{ role: 'user', content: 'hi' }] } as const
  const llm: LLMFn = textLlm(() => ['good day', 0.1])

  async function calls(store: CacheStore, host: Host): Promise<string[]> {
    const texts: string[] = []
    for (let n = 0; n < 3; n++) texts.push((await cached(llm, store, { host })(request)).text)
    return texts
  }

  test('a file where a folder should be', async () => {
    const at = await folder()
    await writeFile(join(at, 'cache'), '')
    const { host, warnings } = listening()
    expect(await calls(fileCache(join(at, 'cache'), { host }), host)).toEqual(['good day', 'good day', 'good day'])
    expect(warnings.filter(warning => warning.kind === 'ENOTDIR').length).toBe(1)
  })

  test('a folder that may be read but not written', { skip: process.getuid?.() === 0 }, async () => {
    const at = await folder()
    await chmod(at, 0o500)
    const { host, warnings } = listening()
    expect(await calls(fileCache(at, { host }), host)).toEqual(['good day', 'good day', 'good day'])
    expect(warnings.map(warning => warning.kind)).toEqual(['EACCES'])
  })
})
