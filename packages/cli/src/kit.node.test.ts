import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadKit } from './kit.js'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'daybook-kit-'))
  const files = {
    'good.mjs': "export default { name: 'good', version: '1.0.0', responders: () => [] }",
    'none.mjs': 'export const kit = 1',
    'nameless.mjs': "export default { version: '1', responders: () => [] }",
    'idle.mjs': "export default { name: 'idle', version: '1' }",
    'throws.mjs': "throw new Error('not today')",
    'needs.mjs': "import './missing.mjs'"
  }
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
})
afterAll(() => rm(folder, { recursive: true }))

test('a path leads to the default export of a module', async () => {
  expect((await loadKit('./good.mjs', folder)).name).toBe('good')
  expect((await loadKit(join(folder, 'good.mjs'), '/')).name).toBe('good')
})

test('the included kits are known by name, as kando writes them too', { timeout: 30_000 }, async () => {
  for (const name of ['research', 'kits/research', 'kits.research']) {
    expect((await loadKit(name, folder)).name, name).toBe('research')
  }
  expect((await loadKit('diligence', folder)).name).toBe('diligence')
})

test('what is no kit is refused in a sentence', async () => {
  const refused: [string, string][] = [
    ['cooking', 'There is no kit "cooking": use research or diligence, or a path such as ./my-kit.mjs.'],
    ['', 'There is no kit ""'],
    ['./absent.mjs', 'There is no file ./absent.mjs.'],
    ['./none.mjs', './none.mjs is no kit: it has no default export that is an object.'],
    ['./nameless.mjs', 'is no kit: it has no name.'],
    ['./idle.mjs', 'is no kit: it has no function responders.'],
    ['./throws.mjs', 'The kit ./throws.mjs could not be loaded: not today'],
    ['./needs.mjs', 'The kit ./needs.mjs could not be loaded: Cannot find module']
  ]
  for (const [name, message] of refused) await expect(loadKit(name, folder), name).rejects.toThrow(message)
})
