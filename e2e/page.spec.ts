// The page of its own: its keys wherever the focus is, and all of it without a network once it was there.
import { project } from './support/serve.js'
import { expect, test } from './support/test.js'

const demo = project('packages/cli/src/demo.jsonl')

test('the page opens, with its name', async ({ page }) => {
  await page.goto('/')
  await expect(page).toHaveTitle(/Daybook/)
  // By its text, since the panel is drawn in a shadow root.
  await expect(page.getByText('Daybook', { exact: true }).first()).toBeVisible()
})

test('keys act where nothing has the focus, and where something in the panel has it', async ({ page }) => {
  await page.goto('/')
  await page.locator('[data-open-file]').setInputFiles(demo)
  const rows = page.getByRole('grid', { name: 'Events' }).getByRole('row')
  await expect(rows.first()).toBeVisible()
  await page.keyboard.press('j')
  await expect(page.getByRole('complementary', { name: 'Event 1' })).toBeVisible()
  await rows.nth(4).click()
  await page.keyboard.press('j')
  await expect(page.getByRole('complementary', { name: 'Event 6' })).toBeVisible()
  await page.keyboard.press('2')
  await expect(page.getByRole('tab', { name: 'Waterfall' })).toHaveAttribute('aria-selected', 'true')
  await page.keyboard.press('?')
  await expect(page.getByRole('dialog')).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toHaveCount(0)
  // Two keys that belong together only when they come soon after each other, which a busy machine may not do at once.
  await expect(async () => {
    await page.keyboard.press('g')
    await page.keyboard.press('l')
    await expect(page.getByRole('tab', { name: 'Ledger' })).toHaveAttribute('aria-selected', 'true', { timeout: 1000 })
  }).toPass()
})

test('a page that has lost its network opens a ledger, shows every view of it and replays it', async ({
  context,
  page
}) => {
  await page.goto('/')
  // What is loaded on demand is fetched when the page is idle: until nothing has come for a second.
  let last = Date.now()
  page.on('requestfinished', () => {
    last = Date.now()
  })
  await expect.poll(() => Date.now() - last, { timeout: 20_000 }).toBeGreaterThan(2500)
  await context.setOffline(true)
  await page.locator('[data-open-file]').setInputFiles(demo)
  await expect(page.getByRole('grid', { name: 'Events' }).getByRole('row').first()).toBeVisible()
  for (const view of ['Waterfall', 'Dialog', 'Graph', 'Cost', 'World', 'Compare', 'Ledger']) {
    await page.getByRole('tab', { name: view, exact: true }).click()
    await expect(page.getByText('Loading the view')).toHaveCount(0)
    await expect(page.locator('.crash')).toHaveCount(0)
  }
  await page.keyboard.press('Control+k')
  await page.getByRole('dialog').getByRole('combobox').fill('replay')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Verify' }).click()
  await expect(page.getByText(/as (it was|they were) written|unchanged|verified/i).first()).toBeVisible()
  await page.getByRole('button', { name: 'Replay strictly' }).click()
  await expect(page.getByText('21 of 21 events equal')).toBeVisible({ timeout: 20_000 })
})
