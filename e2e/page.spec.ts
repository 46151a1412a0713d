import { expect, test } from './support/test.js'

test('the page opens, with its name', async ({ page }) => {
  await page.goto('/')
  await expect(page).toHaveTitle(/Daybook/)
  // By its text, since the panel is drawn in a shadow root.
  await expect(page.getByText('Daybook', { exact: true }).first()).toBeVisible()
})
