// A run as one page: it opens from a disk, with the network off, and what is in it stays data.
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { project } from './support/serve.js'
import { expect, test } from './support/test.js'

let folder: string
test.beforeEach(async ({ context }) => {
  folder = await mkdtemp(join(tmpdir(), 'daybook-'))
  await context.setOffline(true)
})
test.afterEach(async ({ page }) => {
  await page.close()
  await rm(folder, { recursive: true, force: true })
})

async function command(...args: string[]): Promise<void> {
  await promisify(execFile)(process.execPath, [project('packages/cli/bin/daybook.mjs'), ...args], { cwd: folder })
}

test('an exported run opens without a network, and all of it is there to be looked at', async ({ page }) => {
  await command('export', 'demo', '--html', '--out', 'demo.html')
  await page.goto(pathToFileURL(join(folder, 'demo.html')).href)
  await expect(page).toHaveTitle('Daybook demo')
  const rows = page.getByRole('grid', { name: 'Events' }).getByRole('row')
  await expect(rows.filter({ hasText: 'llm.response' })).toHaveCount(3)
  await expect(page.getByRole('region', { name: 'Totals' })).toContainText('0 of 3 from cache')
  await expect(page.getByText('this file').first()).toBeVisible()
  await rows.filter({ hasText: 'llm.response' }).first().click()
  await expect(page.getByText('This is a simulated answer').first()).toBeVisible()
  // What the page of a server would load later is in this one.
  for (const name of ['Waterfall', 'Dialog', 'Graph', 'Cost', 'World', 'Compare', 'Ledger']) {
    await page.getByRole('tab', { name, exact: true }).click()
    await expect(page.getByRole('main').getByText('Loading the view…')).toHaveCount(0)
    await expect(page.getByText('This part of the panel failed')).toHaveCount(0)
  }
  await page.reload()
  await expect(rows.first()).toBeVisible()
})

test('an exported run is verified and replayed without a network, and its address keeps what is shown', async ({
  page
}) => {
  await command('export', 'demo', '--html', '--out', 'demo.html')
  await page.goto(pathToFileURL(join(folder, 'demo.html')).href)
  const rows = page.getByRole('grid', { name: 'Events' }).getByRole('row')
  await rows.filter({ hasText: 'llm.response' }).first().click()
  await page.getByRole('tab', { name: 'Raw', exact: true }).click()
  await page.getByRole('tab', { name: 'Cost', exact: true }).click()
  await expect.poll(() => new URL(page.url()).hash).toMatch(/^#run=run:demo&seq=\d+&view=cost&tab=raw$/)
  await page.reload()
  await expect(page.getByRole('tab', { name: 'Cost', exact: true })).toHaveAttribute('aria-selected', 'true')
  await page.goBack()
  await expect(rows.and(page.locator('[aria-selected=true]'))).toContainText('llm.response')
  await expect(page.getByRole('tab', { name: 'Raw', exact: true })).toHaveAttribute('aria-selected', 'true')

  await page.keyboard.press('Control+k')
  await page.getByRole('dialog').getByRole('combobox').fill('replay')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Verify', exact: true }).click()
  await expect(page.getByText(/^All \d+ events are as they were written\.$/)).toBeVisible()
  await page.getByRole('button', { name: 'Replay strictly' }).click()
  await expect(page.getByText('21 of 21 events equal')).toBeVisible({ timeout: 20_000 })
})

test('what was said in a run is shown in its page, and never run', async ({ page }) => {
  const text = '</script><script>document.title = "taken"</script><!--<script><img src=x onerror="document.title=1">'
  const event = { id: 'e1', type: 'object.created', source: 'run:bad', actor: 'cli', cause: [] }
  const data = { id: 'o1', type: 'Goal', data: { text } }
  await writeFile(join(folder, 'bad.json'), JSON.stringify([{ ...event, timestamp: '2026-01-02T03:04:05.000Z', data }]))
  await command('import', 'bad.json')
  await command('export', 'bad', '--html', '--out', 'bad.html')
  await page.goto(pathToFileURL(join(folder, 'bad.html')).href)
  await expect(page.getByText('document.title = "taken"').first()).toBeVisible()
  await expect(page).toHaveTitle('Daybook bad')
})
