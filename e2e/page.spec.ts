import { expect, test } from './support/test.js'

test('the page opens, with its name', async ({ page }) => {
  await page.goto('/')
  await expect(page).toHaveTitle(/Daybook/)
  await expect(page.locator('body')).not.toBeEmpty()
})
