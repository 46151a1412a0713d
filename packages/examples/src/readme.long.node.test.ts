import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../..', import.meta.url))

test("the README's first example runs as printed", { timeout: 30_000 }, async () => {
  const readme = await readFile(join(root, 'README.md'), 'utf8')
  const example = /## The first call\s+```ts\n([\s\S]*?)```/.exec(readme)?.[1]
  // Inside the repository, so that 'daybook' is found; its stores go to a folder of its own.
  const folder = await mkdtemp(join(root, 'node_modules', '.example-'))
  try {
    await writeFile(join(folder, 'first.mjs'), String(example))
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ['first.mjs'], { cwd: folder })
    const lines = stdout.trim().split('\n')
    // A price table that has grown old says so, and is right to.
    expect(stderr.split('\n').filter(line => line !== '' && !line.includes('prices are'))).toEqual([])
    expect(lines.length).toBeGreaterThan(5)
    expect(stdout).toContain('Why is the sky blue?')
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('the lines that put the panel into a page are those of the two example apps', async () => {
  const readme = await readFile(join(root, 'README.md'), 'utf8')
  const section = /## The panel in your page\n([\s\S]*?)\n## /.exec(readme)?.[1] ?? ''
  const lines = [...section.matchAll(/```tsx?\n([\s\S]*?)```/g)].flatMap(([, code = '']) =>
    code.split('\n').filter(line => line !== '')
  )
  expect(lines.length).toBe(4)
  const apps = ['vite-react/src/main.tsx', 'plain-html/index.html'].map(path =>
    readFile(join(root, 'packages/examples', path), 'utf8')
  )
  const run = (await Promise.all(apps)).join('\n')
  for (const line of lines) expect(run).toContain(line)
})
