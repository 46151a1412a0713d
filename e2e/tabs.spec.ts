// Two real tabs of one origin: the one shares its ledgers, the other shows them, and neither needs a server for it.
import { sampleRuns } from './support/sample.mjs'
import { folder, type Served, serve } from './support/serve.js'
import { expect, test } from './support/test.js'

const [, run] = sampleRuns()
const head = '<meta charset="utf-8"><link rel="icon" href="data:,">'

const sharing = `<!doctype html><html lang="en"><head>${head}<title>Shares</title></head><body>
<script type="application/json" id="events">${JSON.stringify(run?.events).replaceAll('<', '\\u003c')}</script>
<script type="module">
  import { shareLedgers } from '/devtools/tabs.js'
  const all = JSON.parse(document.querySelector('#events').textContent)
  const events = all.slice(0, 20)
  let follower
  shareLedgers({
    label: 'test',
    kind: 'page',
    watch(listener) {
      listener([{ name: 'run:8', length: events.length, created: all[0].timestamp, updated: all[0].timestamp }])
      return () => {}
    },
    follow(_name, to) {
      follower = to
      to.events(0, [...events])
      return () => {}
    }
  })
  window.goOn = () => {
    const rest = all.slice(events.length)
    follower.events(events.length, rest)
    events.push(...rest)
  }
</script></body></html>`

const showing = `<!doctype html><html lang="en"><head>${head}<title>Shows</title></head><body>
<script type="module">
  import { mountDevtools } from '/devtools/production.js'
  import { tabsSource } from '/devtools/tabs.js'
  mountDevtools(document.body, tabsSource(), { height: 700, theme: 'dark' })
</script></body></html>`

let host: Served
test.beforeAll(async () => {
  host = await serve({ '/share': sharing, '/show': showing, ...folder('/devtools', 'devtools/dist') })
})
test.afterAll(() => host.close())

test('a run of one tab is followed in another one, and missed when its tab is closed', async ({ context, page }) => {
  await page.goto(`${host.origin}/show`)
  const shares = await context.newPage()
  await shares.goto(`${host.origin}/share`)
  await page.bringToFront()
  const grid = page.getByRole('grid', { name: 'Events' })
  await expect(grid).toHaveAttribute('aria-rowcount', '20')
  await shares.evaluate(() => Reflect.get(window, 'goOn')())
  await expect(grid).toHaveAttribute('aria-rowcount', '55')
  await shares.close()
  // Nothing says that it is gone but its silence.
  await expect(page.getByText('reconnecting')).toBeVisible({ timeout: 20_000 })
  await expect(grid).toHaveAttribute('aria-rowcount', '55')
})
