import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import type { Locator, Page } from '@playwright/test'
import { folder, project, serve } from './support/serve.js'
import { start } from './support/started.js'
import { expect, test } from './support/test.js'

// One after the other: two dev servers would write the same folder of prepared modules.
test.describe.configure({ mode: 'default', timeout: 90_000 })

const vite = 'node_modules/vite/bin/vite.js'
const app = 'packages/examples/vite-react'
const patient = { timeout: 30_000 }
const question = 'Why is the sky blue?'

const rows = (page: Page): Locator => page.getByRole('grid', { name: 'Events' }).getByRole('row')
const row = (page: Page, text: string): Locator => rows(page).filter({ hasText: text })

async function ask(page: Page, words: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Question' }).fill(words)
  await page.getByRole('button', { name: 'Send' }).click()
}

/** What the panel of an example must do: follow an answer, close, open, and go into a window of its own and come back. */
async function panelWorks(page: Page, said: Locator): Promise<void> {
  await ask(page, question)
  await expect(said).toContainText('This is a simulated answer', patient)
  await expect(row(page, 'streaming')).toBeVisible()
  const part = (await said.textContent()) ?? ''
  await expect(row(page, 'llm.response')).toBeVisible(patient)
  await expect(row(page, 'streaming')).toHaveCount(0)
  // It was seen before it was whole.
  await expect(said).toContainText(part)
  expect(((await said.textContent()) ?? '').length).toBeGreaterThan(part.length)

  await page.getByRole('button', { name: 'Close the devtools' }).click()
  await expect(rows(page)).toHaveCount(0)
  await page.getByRole('button', { name: 'Open the devtools' }).click()
  await expect(row(page, 'llm.response')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Open the devtools' })).toHaveCount(0)

  const [beside] = await Promise.all([
    page.waitForEvent('popup'),
    page.getByRole('button', { name: 'Open in a window of its own' }).click()
  ])
  await expect(row(beside, 'llm.response')).toBeVisible()
  await expect(rows(page)).toHaveCount(0)
  await ask(page, question.replace('sky', 'sea'))
  await expect(row(beside, 'Why is the sea blue?').first()).toBeVisible()
  await expect(row(beside, 'streaming')).toBeVisible()
  await beside.close()
  await expect(row(page, 'Why is the sea blue?').first()).toBeVisible()
  await expect(row(page, 'llm.response')).toHaveCount(2, patient)
}

test('a plain page with an import map has the panel docked', async ({ page }) => {
  const server = await start(['packages/examples/plain-html/serve.mjs', '0'])
  try {
    await page.goto(server.origin)
    await panelWorks(page, page.locator('#turns p').nth(1))
    // Only what the page needs is given out.
    for (const path of [
      '/package.json',
      '/daybook/%2e%2e/package.json',
      '/daybook/..%2fpackage.json',
      '/modules/vite/'
    ]) {
      expect((await page.request.get(`${server.origin}${path}`)).status(), path).toBe(404)
    }
  } finally {
    // A page that is still there would miss what it fetches when it is idle.
    await page.close()
    await server.stop()
  }
})

test('the React app has the panel docked while it is developed', async ({ page }) => {
  const server = await start([vite, app, '--port', '0'])
  try {
    await page.goto(server.origin)
    await expect(page.getByRole('tab', { name: 'Ledger' })).toBeVisible(patient)
    await panelWorks(page, page.getByRole('listitem').nth(1).locator('p'))
    await expect(page.getByRole('listitem').nth(1)).toContainText(/\$0\.\d{5}/)
    await page.getByRole('button', { name: 'New chat' }).click()
    await page.getByRole('button', { name: 'Plan a weekend by train.' }).click()
    await page.getByRole('button', { name: 'Stop' }).click()
    await expect(page.getByRole('listitem').nth(1)).toContainText('stopped')
  } finally {
    // A page that is still there would miss what it fetches when it is idle.
    await page.close()
    await server.stop()
  }
})

test('with a key, the React app asks its dev server, which alone knows it', async ({ page }) => {
  const key = 'sk-known-to-the-server'
  const asked: (string | undefined)[] = []
  const piece = (delta: object, finish_reason: string | null): string =>
    `data: ${JSON.stringify({ id: 'c', choices: [{ index: 0, delta, finish_reason }] })}\n\n`
  const provider = createServer((request, response) => {
    asked.push(request.headers.authorization)
    response.setHeader('content-type', 'text/event-stream')
    response.end(`${piece({ content: 'Because of the air.' }, null)}${piece({}, 'stop')}data: [DONE]\n\n`)
  }).listen(0, '127.0.0.1')
  await once(provider, 'listening')
  const base = `http://127.0.0.1:${(provider.address() as AddressInfo).port}/v1`
  const server = await start([vite, app, '--port', '0'], { OPENAI_API_KEY: key, OPENAI_BASE_URL: base })
  try {
    const seen: Promise<string>[] = []
    page.on('response', response => void seen.push(response.text().catch(() => '')))
    await page.goto(server.origin)
    await expect(page.getByRole('tab', { name: 'Ledger' })).toBeVisible(patient)
    await ask(page, question)
    await expect(row(page, 'llm.response')).toBeVisible(patient)
    await expect(page.getByRole('listitem').nth(1)).toContainText('Because of the air.')
    expect(asked).toEqual([`Bearer ${key}`])
    expect((await Promise.all(seen)).join('\n')).not.toContain(key)
    // Another page cannot spend it.
    const path = `${server.origin}/api/llm/openai/chat/completions`
    const foreign = await page.request.post(path, { headers: { 'sec-fetch-site': 'cross-site' }, data: '{}' })
    expect(foreign.status()).toBe(404)
    expect(asked).toHaveLength(1)
  } finally {
    // A page that is still there would miss what it fetches when it is idle.
    await page.close()
    await server.stop()
    provider.closeAllConnections()
    provider.close()
  }
})

test('the React app, built for production, has nothing of the panel in it', async ({ page }) => {
  const out = await mkdtemp(join(tmpdir(), 'daybook-example-'))
  try {
    const args = [vite, 'build', app, '--outDir', out, '--emptyOutDir', '--logLevel', 'warn']
    const { NODE_ENV: _mode, OPENAI_API_KEY: _key, VITE_LLM_PROXY: _proxy, ...env } = process.env
    await promisify(execFile)(process.execPath, args, { cwd: project('.'), env })
    const names = (await readdir(out, { recursive: true })).filter(name => /\.(js|css|html)$/.test(name))
    const texts = await Promise.all(names.map(name => readFile(join(out, name), 'utf8')))
    for (const [i, text] of texts.entries()) {
      for (const words of ['Open the devtools', 'data-daybook-devtools', 'This part of the panel', 'Skip waits']) {
        expect(text.includes(words), `${names[i]} has ${words}`).toBe(false)
      }
    }
    // React and Daybook, and what Daybook loads when it is needed; the panel would be half as much again.
    const bytes = texts.reduce((sum, text) => sum + gzipSync(text).length, 0)
    expect(bytes).toBeLessThan(230_000)

    const site = await serve({ '/': join(out, 'index.html'), ...folder('', out, ['.js', '.css']) })
    try {
      await page.goto(site.origin)
      await ask(page, question)
      await expect(page.getByRole('listitem').nth(1)).toContainText('This is a simulated answer', patient)
      await expect(page.locator('[data-daybook-devtools]')).toHaveCount(0)
    } finally {
      await page.close()
      await site.close()
    }
  } finally {
    await rm(out, { recursive: true })
  }
})
