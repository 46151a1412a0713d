import type { Page } from '@playwright/test'
import { expect, test } from './support/test.js'

const goal = 'Should our library lend out tools?'

/** Begins a run of the research kit, simulated, inside the page. */
async function begin(page: Page, button = 'Try it here'): Promise<void> {
  await page.getByRole('button', { name: button }).click()
  await page.getByLabel('Goal').fill(goal)
  await page.getByRole('button', { name: 'Run', exact: true }).click()
}

const totals = (page: Page) => page.getByRole('region', { name: 'Totals' })
const rows = (page: Page) => page.getByRole('grid', { name: 'Events' }).getByRole('row')

test('a run streams while its calls are open, and the same run after a reload is all hits for nothing', async ({
  page
}) => {
  await page.goto('/')
  await begin(page)

  // Three calls are open at once, none has ended, and their text grows.
  const streaming = page.locator('[data-streaming]')
  await expect(streaming).toHaveCount(3)
  await expect(totals(page)).toContainText('0 of 0 from cache')
  await expect(streaming.first().locator('.summary')).not.toBeEmpty()
  const early = await streaming.first().locator('.summary').innerText()
  await expect(streaming.first().locator('.summary')).not.toHaveText(early)
  await expect(totals(page)).toContainText('0 of 0 from cache')

  await expect(totals(page)).toContainText('0 of 3 from cache', { timeout: 25_000 })
  await expect(streaming).toHaveCount(0)
  await expect(totals(page)).toContainText('3 calls')
  await expect(totals(page)).toContainText(/≈\s?\$0\.\d+ spent/)

  await page.reload()
  await expect(totals(page)).toContainText('0 of 3 from cache')
  await begin(page, 'New run')
  await expect(totals(page)).toContainText('3 of 3 from cache')
  await expect(totals(page)).toContainText(/\$0 spent/)
  await expect(totals(page)).toContainText(/≈\s?\$0\.\d+ saved/)
})

test('a reload opens the run that the address names', async ({ page }) => {
  await page.goto('/')
  await begin(page)
  await expect(totals(page)).toContainText('0 of 3 from cache', { timeout: 25_000 })
  await page.reload()
  await expect(rows(page).first()).toBeVisible()
  // A figure to look at, not a timed test.
  const shown = await page.evaluate(() => performance.now())
  test.info().annotations.push({ type: 'first row', description: `${Math.round(shown)} ms after the load began` })
  await expect(totals(page)).toContainText('0 of 3 from cache')
})

test('a row that is chosen is told in full', async ({ page }) => {
  await page.goto('/')
  await begin(page)
  await expect(totals(page)).toContainText('0 of 3 from cache', { timeout: 25_000 })
  await rows(page).filter({ hasText: 'response' }).first().click()
  const inspector = page.getByRole('complementary', { name: /^Event/ })
  await expect(inspector).toContainText('response')
  await inspector.getByRole('tab', { name: 'JSON' }).click()
  await expect(inspector).toContainText('finish_reason')
  await inspector.getByRole('tab', { name: 'Causes' }).click()
  await expect(inspector).toContainText('request')
})
