import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import type { LLMRequest } from '../llm/llm.js'
import { cacheKey } from './key.js'

interface KandoCase {
  readonly name: string
  readonly requestJson: string
  readonly key: string
  readonly prefix?: string
}

const root = fileURLToPath(new URL('../../../..', import.meta.url))
const file = join(process.env.DAYBOOK_FIXTURES ?? join(root, '../shared/fixtures'), 'kando/cache-keys.json')
const present = existsSync(file)

describe.skipIf(!present)(`keys of kando${present ? '' : ' (recorded answers not present)'}`, () => {
  const { cases, scoped } = present
    ? (JSON.parse(readFileSync(file, 'utf8')) as { cases: KandoCase[]; scoped: KandoCase[] })
    : { cases: [], scoped: [] }
  const all = [...cases, ...scoped].map(({ name, requestJson, key, prefix }) => ({
    name: prefix ? `${name} in ${prefix}` : name,
    kando: key,
    ours: cacheKey(JSON.parse(requestJson) as LLMRequest, { scope: prefix })
  }))

  test('there are 51', () => {
    expect(all.length).toBe(51)
  })

  test('requests with one kando key have one key here', () => {
    for (const a of all)
      for (const b of all) if (a.kando === b.kando) expect(a.ours, `${a.name}, ${b.name}`).toBe(b.ours)
  })

  test('requests that kando tells apart we tell apart, but for what JavaScript numbers cannot', () => {
    const merged: string[] = []
    all.forEach((a, index) => {
      for (const b of all.slice(index + 1)) {
        if (a.kando !== b.kando && a.ours === b.ours) merged.push(`${a.name} = ${b.name}`)
      }
    })
    expect(merged).toEqual(['int zero = float -0.0', 'int 2^53 = int 2^53+1'])
  })
})
