import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Locator, Page } from '@playwright/test'
import { build } from 'vite'
import { folder, project, type Served, serve } from './support/serve.js'
import { expect, test } from './support/test.js'

test.describe.configure({ mode: 'default', timeout: 90_000 })

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'"
].join('; ')

const html = `<!doctype html>
<html lang="en"><head><title>A host</title><link rel="stylesheet" href="/host.css"></head>
<body><h1>The host's own page</h1><div id="app"></div><input id="field" aria-label="The host's field">
<script type="module" src="/host.js"></script></body></html>`

let served: Served
let out: string

test.beforeAll(async () => {
  out = await mkdtemp(join(tmpdir(), 'daybook-hostile-'))
  // Vite sets it for the whole process, and the tests that come after this file start programs.
  const { NODE_ENV: before } = process.env
  await build({
    configFile: false,
    logLevel: 'warn',
    mode: 'production',
    plugins: [
      {
        // The panel comes as it is published, from files of its own.
        name: 'published-panel',
        enforce: 'pre',
        resolveId: id =>
          id === 'daybook-devtools/production' ? { id: '/devtools/production.js', external: 'absolute' } : undefined
      }
    ],
    build: {
      outDir: out,
      emptyOutDir: true,
      modulePreload: false,
      target: 'esnext',
      rolldownOptions: {
        input: project('packages/examples/hostile-page/host.ts'),
        output: { entryFileNames: 'host.js', chunkFileNames: 'host-[name]-[hash].js' }
      }
    }
  })
  if (before === undefined) delete process.env.NODE_ENV
  else process.env.NODE_ENV = before
  served = await serve(
    {
      '/': html,
      '/host.css': project('packages/examples/hostile-page/host.css'),
      ...folder('', out),
      ...folder('/devtools', 'devtools/dist')
    },
    { 'content-security-policy': policy }
  )
})
test.afterAll(async () => {
  await served.close()
  await rm(out, { recursive: true })
})

/** What the page tells of itself: packages/examples/hostile-page/host.ts. */
interface Host {
  /** Of each keydown that came to it, and the types of the other events of typing. */
  readonly keys: string[]
  readonly heard: string[]
  readonly errors: string[]
  readonly violations: string[]
  /** All that is its own, as text; and as it was before the panel was mounted. */
  state(): string
  before(): string
  /** Names at `window` that were not there before the panel. */
  added(): string[]
  mount(failing?: string): Promise<void>
  unmount(): void
}

type Ask<T> = (host: Host) => T | Promise<T>

/** Asks the page's own script. Its text is read by the browser's debugger, which no policy of the page reaches. */
const ask = <T>(page: Page, question: Ask<T>): Promise<T> =>
  page.evaluate(`(${question.toString()})(window.host)`) as Promise<T>

async function open(page: Page): Promise<void> {
  await page.goto(served.origin)
  await page.waitForFunction(() => 'host' in window)
  await expect(page.locator('#count')).toHaveText('counted 0')
}

/** The host's React, its keys and its field, as if nobody were there. */
async function hostWorks(page: Page): Promise<void> {
  const button = page.locator('#count')
  const count = Number((await button.textContent())?.replace(/\D/g, ''))
  await button.evaluate(element => (element as HTMLElement).click())
  await expect(button).toHaveText(`counted ${count + 1}`)
  await button.focus()
  const from = await ask(page, ({ keys }) => keys.length)
  const pressed = ['j', '/', 'Control+k', 'Escape', ' ', '?', 'g', 'w']
  for (const key of pressed) await page.keyboard.press(key)
  const keys = await ask(page, host => host.keys)
  expect(keys.slice(from)).toEqual(['j', '/', 'Control', 'k', 'Escape', ' ', '?', 'g', 'w'])
  await page.locator('#field').focus()
  await page.keyboard.type('jk/ ?')
  await expect(page.locator('#field')).toHaveValue('jk/ ?')
  await page.locator('#field').fill('')
}

/** Each view, and words of the run that it shows. */
const shows = {
  Waterfall: 'Question 1',
  Dialog: 'Which facts about it are well established?',
  Graph: 'Goal',
  Cost: 'Who spent it',
  World: 'Finding 1',
  Compare: 'Add run',
  Ledger: 'Is the guest polite?'
} as const

const panelOf = (page: Page): Locator => page.locator('[data-daybook-devtools] .db')

test.describe('the page', () => {
  test.use({ allowedErrors: [/Content Security Policy|TrustedHTML/] })

  test('is as unkind as it says: its policy and its styles are in force', async ({ page }) => {
    await open(page)
    expect(await page.locator('h1').evaluate(element => getComputedStyle(element).fontSize)).toBe('40px')
    const refused = await page.evaluate(() => {
      const box = document.createElement('div')
      box.setAttribute('style', 'color: green')
      try {
        box.innerHTML = '<b></b>'
        return false
      } catch {
        return box.style.color === ''
      }
    })
    expect(refused).toBe(true)
    await expect.poll(() => ask(page, host => host.violations.length)).toBe(2)
  })
})

test('every view opens in a page with hostile styles and a strict policy, and nothing of the page is changed', async ({
  page
}) => {
  await open(page)
  await ask(page, host => host.mount())
  const panel = panelOf(page)
  const main = panel.getByRole('region', { name: 'Run', exact: true })
  await expect(panel.getByRole('row').filter({ hasText: 'llm.response' }).first()).toBeVisible()

  const row = panel.getByRole('row').filter({ hasText: 'llm.response' }).first()
  const looks = await row.evaluate(element => {
    const { fontSize, display, direction, letterSpacing, textTransform } = getComputedStyle(element)
    return {
      fontSize,
      display,
      direction,
      letterSpacing,
      textTransform,
      height: element.getBoundingClientRect().height
    }
  })
  expect(looks).toEqual({
    fontSize: '12px',
    display: 'grid',
    direction: 'ltr',
    letterSpacing: 'normal',
    textTransform: 'none',
    height: 24
  })

  for (const name of Object.keys(shows)) {
    await panel.getByRole('tab', { name, exact: true }).click()
    await expect(panel.getByRole('tab', { name, exact: true })).toHaveAttribute('aria-selected', 'true')
    await expect(main.getByText(/^(Loading|Finding what)/)).toHaveCount(0)
    await expect(main.getByText(shows[name as keyof typeof shows]).first()).toBeVisible()
    await expect(panel.getByText('This part of the panel failed')).toHaveCount(0)
  }
  // The tabs that the inspector of a dock has.
  await row.click()
  for (const name of ['JSON', 'Causes']) {
    await panel.getByRole('tab', { name, exact: true }).click()
    await expect(panel.getByText('This part of the panel failed')).toHaveCount(0)
  }
  expect(await ask(page, host => host.violations)).toEqual([])
  expect(await ask(page, host => host.errors)).toEqual([])
  expect(await ask(page, host => host.added())).toEqual([])
  expect(await ask(page, host => host.state())).toBe(await ask(page, host => host.before()))
  await hostWorks(page)
  await ask(page, host => host.unmount())
  await expect(page.locator('[data-daybook-devtools]')).toHaveCount(0)
  await expect.poll(() => ask(page, host => host.added())).toEqual([])
})

test('keys belong to whoever has the focus', async ({ page }) => {
  await open(page)
  await ask(page, host => host.mount())
  const panel = panelOf(page)
  const row = panel.getByRole('row').filter({ hasText: 'llm.response' }).first()
  await row.click()
  const selected = panel.getByRole('row', { selected: true })
  const begun = await selected.textContent()
  await page.keyboard.press('j')
  await expect(selected).not.toHaveText(begun ?? '')
  await page.keyboard.press('k')
  await expect(selected).toHaveText(begun ?? '')
  await page.keyboard.press('/')
  await page.keyboard.type('type:llm jk?')
  const filter = panel.getByRole('combobox', { name: /filter/i }).or(panel.getByRole('searchbox'))
  await expect(filter.first()).toHaveValue('type:llm jk?')
  await filter.first().fill('')
  await page.keyboard.press('Escape')
  await row.click()
  await page.keyboard.press('Control+k')
  const palette = page.locator('[data-daybook-devtools]').getByRole('dialog')
  await expect(palette).toBeVisible()
  await page.keyboard.type('waterf')
  await page.keyboard.press('Escape')
  await expect(palette).toHaveCount(0)
  await page.keyboard.press(' ')
  expect(await ask(page, host => host.keys)).toEqual([])
  expect(await ask(page, host => host.heard)).toEqual([])

  const stood = await selected.textContent()
  await hostWorks(page)
  await expect(selected).toHaveText(stood ?? '')
})

test('the panel goes into a window of its own under the policy, and comes back', async ({ page }) => {
  await open(page)
  await ask(page, host => host.mount())
  const button = panelOf(page).getByRole('button', { name: 'Open in a window of its own' })
  const [beside] = await Promise.all([page.waitForEvent('popup'), button.click()])
  await expect(beside.getByRole('row').filter({ hasText: 'llm.response' }).first()).toBeVisible()
  await beside.getByRole('tab', { name: 'Dialog', exact: true }).click()
  await expect(beside.getByText('Loading the view…')).toHaveCount(0)
  await expect(beside.getByText('This part of the panel failed')).toHaveCount(0)
  await beside.close()
  await expect(panelOf(page).getByRole('tab', { name: 'Dialog', exact: true })).toHaveAttribute('aria-selected', 'true')
  expect(await ask(page, host => host.violations)).toEqual([])
  await ask(page, host => host.unmount())
  expect(await ask(page, host => host.state())).toBe(await ask(page, host => host.before()))
})

test.describe('a source that fails', () => {
  test.use({ allowedErrors: [/devtools/i] })

  for (const failing of ['watch', 'follow', 'label', 'list', 'event', 'field', 'ending']) {
    test(`leaves the page alone: ${failing}`, async ({ page }) => {
      await open(page)
      // What the page's own call throws is its own; anything later would be nobody's.
      await ask(page, new Function('host', `return host.mount('${failing}')`) as Ask<void>)
      await expect(page.locator('[data-daybook-devtools]')).toHaveCount(1)
      const panel = panelOf(page)
      if (failing === 'event' || failing === 'field') await expect(panel.getByRole('row')).toHaveCount(3)
      if (failing === 'event') await expect(panel.getByRole('row').nth(1)).toContainText('This event cannot be read')
      if (failing === 'field') {
        await panel.getByRole('row').nth(1).click()
        await expect(panel.getByText('This part of the panel failed')).toBeVisible()
        await panel.getByRole('row').nth(2).click()
        await expect(panel.getByText('This part of the panel failed')).toHaveCount(0)
      }
      if (failing === 'watch' || failing === 'follow' || failing === 'list') {
        const said = panel.locator('[title*="The source failed: The source is broken."]')
        await expect(said.or(panel.getByText('The source failed: The source is broken.')).first()).toBeVisible()
      }
      await hostWorks(page)
      await ask(page, host => host.unmount())
      await expect(page.locator('[data-daybook-devtools]')).toHaveCount(0)
      await hostWorks(page)
      expect(await ask(page, host => host.errors)).toEqual([])
    })
  }
})
