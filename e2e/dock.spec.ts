// The dock at the bottom of somebody's page, on the sample run, in both colours; and the trigger that is left of it.
import { readdirSync } from 'node:fs'
import { violations } from './support/axe.js'
import { cutTexts, filledShare, raggedColumns } from './support/look.js'
import { sampleRuns } from './support/sample.mjs'
import { project, type Served, serve } from './support/serve.js'
import { expect, test } from './support/test.js'

const page = (theme: string) => `<!doctype html>
<html lang="en"><head><title>A page with the dock</title><meta charset="utf-8">
<style>body { margin: 40px auto; max-width: 720px; font: 17px/1.6 Georgia, serif; color: #2a2320; background: #fbf7f0 }</style>
</head><body><main><h1>Should the town run only electric buses?</h1>
<p>Yes, in two steps: the inner town by 2028 and the regional lines by 2031.</p></main>
<script type="application/json" id="runs">${JSON.stringify(sampleRuns()).replaceAll('<', '\\u003c')}</script>
<script type="module">
  import { mountDevtools } from '/devtools/production.js'
  const runs = JSON.parse(document.querySelector('#runs').textContent)
  const source = {
    label: 'this page',
    kind: 'page',
    watch(listener, onStatus) {
      listener(runs.map(({ name, events }) => ({
        name, length: events.length, created: events[0].timestamp, updated: events.at(-1).timestamp
      })))
      onStatus?.({ state: 'live' })
      return () => {}
    },
    follow(name, follower) {
      follower.events(0, runs.find(run => run.name === name).events)
      follower.state?.({ state: 'live' })
      return () => {}
    }
  }
  mountDevtools(document.body, source, { mode: 'docked', height: 320, theme: '${theme}', run: 'run:8' })
</script></body></html>`

let host: Served
test.beforeAll(async () => {
  const scripts = readdirSync(project('devtools/dist'), { recursive: true, encoding: 'utf8' })
    .map(name => name.replaceAll('\\', '/'))
    .filter(name => name.endsWith('.js'))
  host = await serve({
    '/dark': page('dark'),
    '/light': page('light'),
    '/favicon.ico': project('LICENSE'),
    ...Object.fromEntries(scripts.map(name => [`/devtools/${name}`, project(`devtools/dist/${name}`)]))
  })
})
test.afterAll(() => host.close())

test.use({ viewport: { width: 1280, height: 800 } })

const keep = process.env.DAYBOOK_SHOTS === '1'

for (const theme of ['dark', 'light'] as const) {
  test(`the dock in ${theme}`, async ({ page }) => {
    await page.goto(`${host.origin}/${theme}`)
    const dock = page.locator('.db.dock')
    const rows = page.getByRole('grid', { name: 'Events' }).getByRole('row')
    await rows.filter({ hasText: 'llm.request' }).first().click()
    await expect(dock).toContainText('Answered by')
    if (keep) await dock.screenshot({ path: project(`e2e/shots/dock-${theme}.png`) })
    expect(Math.abs(((await dock.boundingBox())?.height ?? 0) - 320)).toBeLessThanOrEqual(1)
    expect(await cutTexts(dock), 'texts that are cut off').toEqual([])
    expect(await raggedColumns(dock), 'columns without a common right edge').toEqual([])
    expect(await filledShare(page, dock), 'the part of the dock that is filled').toBeGreaterThan(1 / 3)
    expect(await violations(page), 'axe').toEqual([])

    for (const view of ['Waterfall', 'Dialog', 'Graph', 'Cost', 'World', 'Compare']) {
      await page.getByRole('tab', { name: view, exact: true }).click()
      await expect(page.getByRole('tab', { name: view, exact: true })).toHaveAttribute('aria-selected', 'true')
      await expect(dock.getByText('Loading the view')).toHaveCount(0)
      expect(await cutTexts(dock), `texts that are cut off in ${view}`).toEqual([])
      if (keep) await dock.screenshot({ path: project(`e2e/shots/dock-${view.toLowerCase()}-${theme}.png`) })
    }

    await page.getByRole('button', { name: 'Close the devtools' }).click()
    const trigger = page.getByRole('button', { name: 'Open the devtools' })
    await expect(trigger).toContainText('$0.039')
    expect(await violations(page), 'axe, of the trigger').toEqual([])
    await trigger.click()
    await expect(dock).toBeVisible()
  })
}
