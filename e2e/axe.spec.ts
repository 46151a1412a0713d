import { violations as found } from './support/axe.js'
import { expect, test } from './support/test.js'

for (const colorScheme of ['dark', 'light'] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme })

    test('nothing stands in the way of a person who cannot see, or hear, or hold a mouse', async ({ page }) => {
      await page.goto('/')
      await expect(page.getByRole('button', { name: 'Try it here' })).toBeVisible()
      expect(await found(page), 'before the first run').toEqual([])

      await page.getByRole('button', { name: 'Try it here' }).click()
      await expect(page.getByLabel('Goal')).toBeVisible()
      expect(await found(page), 'the sheet that begins a run').toEqual([])

      await page.getByRole('button', { name: 'Run', exact: true }).click()
      await expect(page.locator('[data-streaming]').first()).toBeVisible()
      expect(await found(page), 'a run that streams').toEqual([])

      await expect(page.getByRole('region', { name: 'Totals' })).toContainText('0 of 3 from cache', { timeout: 25_000 })
      await page.getByRole('grid', { name: 'Events' }).getByRole('row').filter({ hasText: 'response' }).first().click()
      expect(await found(page), 'an event that is told in full').toEqual([])

      await page.getByRole('tab', { name: 'JSON' }).click()
      expect(await found(page), 'its JSON').toEqual([])
      await page.getByRole('tab', { name: 'Dialog' }).click()
      expect(await found(page), 'the dialog').toEqual([])
    })
  })
}
