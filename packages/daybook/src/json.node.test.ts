import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { canonical } from './json.js'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const folder = join(process.env.DAYBOOK_FIXTURES ?? join(root, '../shared/fixtures'), 'jcs')
const present = existsSync(folder)
const read = (...path: string[]): string => readFileSync(join(folder, ...path), 'utf8')

describe.skipIf(!present)(`the vectors of RFC 8785${present ? '' : ' (recorded answers not present)'}`, () => {
  const names = present ? readdirSync(join(folder, 'input')).map(file => file.replace(/\.json$/, '')) : []

  test.each(names)('%s', name => {
    const text = canonical(JSON.parse(read('input', `${name}.json`)))
    expect(text).toBe(read('output', `${name}.json`).trimEnd())
    const bytes = read('outhex', `${name}.txt`).replace(/\s+/g, '')
    expect(Buffer.from(text, 'utf8').toString('hex')).toBe(bytes)
  })

  test('2,000 numbers', () => {
    const lines = read('es6-numbers-2000.txt').trim().split('\n')
    expect(lines.length).toBe(2000)
    const double = new DataView(new ArrayBuffer(8))
    for (const line of lines) {
      const [hex = '', text] = line.split(',')
      double.setBigUint64(0, BigInt(`0x${hex}`))
      expect(canonical(double.getFloat64(0))).toBe(text)
    }
  })
})
