import { folder, project, type Served, serve } from './support/serve.js'
import { expect, test } from './support/test.js'

const imports = {
  daybook: '/daybook/index.js',
  'daybook/errors': '/daybook/errors.js',
  'daybook/testing': '/daybook/testing/index.js',
  'daybook-devtools': '/devtools/embed.js',
  'daybook-kits/research': '/kits/research.js',
  '#platform': '/daybook/platform/browser.js',
  '#stores': '/daybook/stores/browser.js',
  'idb-keyval': '/modules/idb-keyval/index.js',
  'eventsource-parser': '/modules/eventsource-parser/index.js'
}

// A page that is as unkind to a guest as pages are: resets with !important, a transform, its own hot keys, another React.
const page = `<!doctype html>
<html><head><title>A host</title>
<style>
  * { all: revert !important; color: red !important; font-size: 40px !important; display: inline !important; }
  div { background: yellow !important; transform: rotate(1deg) !important; opacity: .9 !important; }
  button { display: none !important; }
  html { font-size: 60px; --db-bg: red; }
</style>
<script type="importmap">${JSON.stringify({ imports })}</script>
</head><body>
<h1>The host's own page</h1><main id="panel"></main>
<script>
  window.React = { version: '17.0.2' }
  window.hostKeys = []
  addEventListener('keydown', event => window.hostKeys.push(event.key))
</script>
<script type="module">
  import { createDaybook } from 'daybook'
  import { simulatedFetch } from 'daybook/testing'
  import { mountDevtools } from 'daybook-devtools'
  import research from 'daybook-kits/research'
  const before = new Set(Object.keys(window))
  const daybook = createDaybook({ model: 'openai/gpt-5-mini', fetch: simulatedFetch({ speed: Infinity }) })
  const run = await daybook.run(research, 'Is the host kind?', { id: 'embedded' })
  const mounted = mountDevtools(document.querySelector('#panel'), daybook, { height: 640, theme: 'dark', run: 'run:embedded' })
  window.added = Object.keys(window).filter(name => !before.has(name))
  window.unmount = () => mounted.unmount()
  window.calls = run.calls
</script>
</body></html>`

let host: Served

test.beforeAll(async () => {
  host = await serve({
    '/': page,
    '/favicon.ico': project('LICENSE'),
    ...folder('/daybook', 'packages/daybook/dist'),
    ...folder('/kits', 'packages/kits/dist'),
    ...folder('/devtools', 'devtools/dist'),
    ...folder('/modules/idb-keyval', 'node_modules/idb-keyval/dist'),
    ...folder('/modules/eventsource-parser', 'node_modules/eventsource-parser/dist')
  })
})
test.afterAll(() => host.close())

test('the panel keeps its looks in a page with hostile styles, and its keys to itself', async ({ page }) => {
  await page.goto(host.origin)
  const grid = page.getByRole('grid', { name: 'Events' })
  const row = grid.getByRole('row').filter({ hasText: 'response' }).first()
  await expect(row).toBeVisible()
  expect(await page.evaluate(() => Reflect.get(window, 'calls'))).toBe(3)

  const looks = await row.evaluate(element => {
    const style = getComputedStyle(element)
    return { height: element.getBoundingClientRect().height, fontSize: style.fontSize, display: style.display }
  })
  expect(looks.fontSize).toBe('12px')
  expect(looks.display).not.toBe('inline')
  // 24 px, up to the turn that the page's own transform gives to everything in it.
  expect(looks.height).toBeLessThan(50)

  await row.click()
  await page.keyboard.press('j')
  await expect(grid.getByRole('row', { selected: true })).toHaveCount(1)
  expect(await page.evaluate(() => Reflect.get(window, 'hostKeys'))).toEqual([])
  expect(await page.evaluate(() => Reflect.get(window, 'added'))).toEqual([])
})

test('what is mounted can be taken away again', async ({ page }) => {
  await page.goto(host.origin)
  await expect(page.getByRole('grid', { name: 'Events' })).toBeVisible()
  await page.evaluate(() => Reflect.get(window, 'unmount')())
  await expect(page.locator('#panel > *')).toHaveCount(0)
})
