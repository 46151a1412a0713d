import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { project } from './support/serve.js'
import { expect, test } from './support/test.js'

let folder: string
let command: ChildProcess | undefined

test.beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'daybook-'))
})
test.afterEach(async ({ page }) => {
  // The page first: it would rightly complain that its server is gone.
  await page.close()
  if (command && command.exitCode === null && command.kill('SIGINT')) await once(command, 'exit')
  command = undefined
  await rm(folder, { recursive: true, force: true })
})

/** Starts the command and resolves with the address that it prints. */
async function address(args: string[]): Promise<string> {
  const child = spawn(
    process.execPath,
    [project('packages/cli/bin/daybook.mjs'), ...args, '--dir', join(folder, '.daybook')],
    {
      cwd: folder,
      env: { ...process.env, NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe']
    }
  )
  command = child
  let output = ''
  return new Promise((resolve, reject) => {
    const hear = (chunk: Buffer): void => {
      output += chunk.toString()
      const found = /http:\/\/127\.0\.0\.1:\d+\/\S*/.exec(output)
      if (found) resolve(found[0])
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    child.once('exit', code => reject(new Error(`it ended with ${code}:\n${output}`)))
  })
}

test('the run that the command made is open in the page that it serves', async ({ page }) => {
  await page.goto(await address(['start', '--goal', 'Should our library lend out tools?']))
  await expect(page.getByRole('grid', { name: 'Events' }).getByRole('row').first()).toBeVisible()
  await expect(page.getByRole('region', { name: 'Totals' })).toContainText('0 of 3 from cache')
  await expect(page.getByText('Should our library lend out tools?').first()).toBeVisible()
  // The token is a key: it does not stay in the address bar.
  expect(page.url()).not.toContain('t=')
  await page.reload()
  await expect(page.getByRole('grid', { name: 'Events' }).getByRole('row').first()).toBeVisible()
})

test.describe('without the token', () => {
  test.use({ allowedErrors: [/401/] })
  test('the page shows nothing of the runs, and says why', async ({ page }) => {
    const url = new URL(await address(['start', '--goal', 'A secret goal']))
    await page.goto(url.origin)
    await expect(page.getByText(/token|link that/i).first()).toBeVisible()
    await expect(page.getByText('A secret goal')).toHaveCount(0)
  })
})
