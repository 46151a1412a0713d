// Each view on the sample run, in both colours: it is driven, looked at, and held against what a person would not forgive.
// `npm run shots` keeps the pictures in e2e/shots.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { violations } from './support/axe.js'
import { cutTexts, filledShare, raggedColumns } from './support/look.js'
import { write } from './support/sample.mjs'
import { project } from './support/serve.js'
import { expect, test } from './support/test.js'

let folder: string
test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'daybook-views-'))
  await write(folder)
})
test.afterAll(() => rm(folder, { recursive: true, force: true }))

test.use({ viewport: { width: 1440, height: 900 } })

async function open(page: Page, view: string, at = '/'): Promise<void> {
  await page.goto(`${at}#view=${view}`)
  for (const name of ['run-7', 'branch-b2', 'run-8']) {
    await page.locator('[data-open-file]').setInputFiles(join(folder, `${name}.jsonl`))
    await expect(page.getByRole('navigation').getByText(`${name}.jsonl`)).toBeVisible()
  }
  await expect(page.getByRole('region', { name: 'Totals' })).toContainText('1 of 11')
}

const keep = process.env.DAYBOOK_SHOTS === '1'

/** Where something is cut, ragged, empty or hard to read, the test fails; the picture is kept if it is wanted. */
async function look(page: Page, name: string): Promise<void> {
  const panel = page.locator('.db').first()
  await page.mouse.move(2, 2)
  if (keep) await page.screenshot({ path: project(`e2e/shots/${name}.png`) })
  expect(await cutTexts(panel), 'texts that are cut off').toEqual([])
  expect(await raggedColumns(panel), 'columns without a common right edge').toEqual([])
  expect(await filledShare(page, page.locator('.body > .main')), 'the part of the view that is filled').toBeGreaterThan(
    1 / 3
  )
  expect(await violations(page), 'axe').toEqual([])
}

/** What is done in a view before it is looked at, and what must then be seen. */
const views: Readonly<Record<string, (page: Page) => Promise<void>>> = {
  async ledger(page) {
    const rows = page.getByRole('grid', { name: 'Events' }).getByRole('row')
    await rows.filter({ hasText: 'llm.request' }).filter({ hasText: 'Which towns of our size' }).first().click()
    await expect(page.getByRole('complementary')).toContainText('llm.request')
  },
  async waterfall(page) {
    await expect(page.getByText('gpt-5-mini').first()).toBeVisible()
  },
  async dialog(page) {
    await expect(page.getByText('Over twelve years an electric bus').first()).toBeVisible()
  },
  async graph(page) {
    await expect(page.getByText('finder').first()).toBeVisible()
  },
  async cost(page) {
    await expect(page.getByText('claude-sonnet-4-5').first()).toBeVisible()
  },
  async world(page) {
    await expect(page.getByText('Finding').first()).toBeVisible()
  },
  async compare(page) {
    await page.getByRole('navigation').getByRole('button', { name: /^b2/ }).click()
    await expect(page.getByText('at most 80 words').first()).toBeVisible()
  }
}

const rowsOf = (page: Page, role: 'grid' | 'treegrid' = 'grid') =>
  page.getByRole(role, { name: 'Events' }).getByRole('row')

/** What else people meet: the sheets, a run that is looked at in its middle, a failure, what opens above the panel. */
const states: Readonly<Record<string, (page: Page) => Promise<void>>> = {
  async fork(page) {
    await rowsOf(page).filter({ hasText: 'result of fetch_page' }).first().click()
    await page.getByRole('button', { name: 'Fork here' }).click()
    const asked = page.getByRole('textbox').filter({ hasText: 'Which towns of our size' }).last()
    await asked.fill('Which towns of our size have done it? Answer in at most 80 words.')
    await expect(page.getByRole('button', { name: 'Run branch' })).toBeEnabled()
    await expect(page.getByText('edited').first()).toBeVisible()
  },
  async replay(page) {
    await page.keyboard.press('Control+k')
    await page.getByRole('dialog').getByRole('combobox').fill('replay')
    await page.keyboard.press('Enter')
    await expect(page.getByRole('button', { name: 'Verify' })).toBeVisible()
  },
  async scrubbed(page) {
    const track = page.getByRole('slider', { name: 'Playhead' }).last()
    await track.press('End')
    for (let step = 0; step < 2; step++) await track.press('Shift+ArrowLeft')
    await expect(page.getByText('as of #35')).toBeVisible()
    await page.locator('[data-keys="filter"]').fill('-type:relation.* after:#18')
    await expect(page.locator('.playhead-line')).toBeVisible()
  },
  async grouped(page) {
    await page.getByLabel('Group').selectOption('actor')
    await page.getByRole('button', { name: 'runtime 2 events' }).click()
    await rowsOf(page, 'treegrid').filter({ hasText: 'calls search_web' }).click()
    await expect(page.getByRole('button', { name: 'claude-haiku-4-5 7 events $0.0131' })).toBeVisible()
    await expect(page.getByRole('complementary', { name: 'Event 24' })).toBeVisible()
  },
  async failed(page) {
    await rowsOf(page).filter({ hasText: 'llm.attempt' }).first().click()
    await page.getByRole('tab', { name: 'JSON' }).click()
    await expect(page.getByText('rate_limit').first()).toBeVisible()
  },
  async palette(page) {
    await page.keyboard.press('Control+k')
    await expect(page.getByRole('dialog')).toBeVisible()
  },
  async keys(page) {
    await page.keyboard.press('?')
    await expect(page.getByRole('dialog')).toBeVisible()
  },
  async export(page) {
    await page.keyboard.press('e')
    await expect(page.getByRole('dialog')).toBeVisible()
  }
}

for (const theme of ['dark', 'light'] as const) {
  test.describe(theme, () => {
    test.use({ colorScheme: theme })
    for (const [number, [view, drive]] of Object.entries(views).entries()) {
      test(`${view} in ${theme}`, async ({ page }) => {
        await open(page, view)
        await drive(page)
        await look(page, `${number + 1}-${view}-${theme}`)
      })
    }
    for (const [state, drive] of Object.entries(states)) {
      test(`${state} in ${theme}`, async ({ page }) => {
        await open(page, 'ledger')
        await drive(page)
        await look(page, `state-${state}-${theme}`)
      })
    }

    test(`nothing yet in ${theme}`, async ({ page }) => {
      await page.goto('/')
      await expect(page.getByRole('button', { name: 'Try it here' })).toBeVisible()
      await look(page, `state-empty-${theme}`)
    })
  })
}

// The file that an exported run is put into has a small React and no part that is loaded later.
test.describe('in an exported file', () => {
  // A file makes no calls, so it has no fork sheet.
  const { fork: _, ...others } = states
  for (const [view, drive] of [...Object.entries(views), ...Object.entries(others)]) {
    test(`${view} is the same`, async ({ page }) => {
      await open(page, Object.hasOwn(views, view) ? view : 'ledger', '/viewer.html')
      await drive(page)
      await look(page, `file-${view}`)
    })
  }
})

test('what looks like a key is shown in no view', async ({ page }) => {
  const secret = `sk-ant-api03-${'abcd1234'.repeat(4)}`
  const asked = { model: 'a/b', messages: [{ role: 'user', content: `Use ${secret} for it.` }] }
  const said = `I used ${secret}.`
  const facts: [string, Record<string, unknown>][] = [
    ['object.created', { id: 'o', type: 'Config', data: { text: said } }],
    ['llm.request', asked],
    ['llm.response', { text: said, message: { role: 'assistant', content: said }, cost_usd: 0.01 }],
    ['llm.request', asked],
    ['llm.failed', { kind: 'auth', status: 401, message: `invalid key ${secret}` }]
  ]
  const events = facts.map(([type, data], at) => ({
    ...{ id: `e${at}`, type, source: 'run:secret', actor: 'app', data },
    cause: type === 'llm.response' || type === 'llm.failed' ? [`e${at - 1}`] : [],
    timestamp: `2026-11-20T09:14:0${at}.000Z`
  }))
  await page.goto('/#view=ledger')
  await page.locator('[data-open-file]').setInputFiles({
    ...{ name: 'secret.json', mimeType: 'application/json' },
    buffer: Buffer.from(JSON.stringify({ stream: 'run:secret', events }))
  })
  await expect(rowsOf(page).filter({ hasText: '•••' })).toHaveCount(5)
  const panel = page.locator('.db').first()
  const masks = async (): Promise<void> => {
    await expect(panel).toContainText('•••')
    expect(await panel.evaluate((top, text) => top.outerHTML.includes(text), secret.slice(0, 24))).toBe(false)
  }
  for (const view of [1, 3, 4, 5, 6]) {
    await page.keyboard.press(String(view))
    await masks()
  }
  await page.keyboard.press('1')
  for (let row = 0; row < 5; row++) {
    await page.keyboard.press('j')
    for (const tab of ['Pretty', 'JSON', 'Raw', 'Diff', 'Causes']) {
      await page.getByRole('tab', { name: tab, exact: true }).click()
      await masks()
    }
  }
})

test.describe('with little room', () => {
  const little = { width: 480, height: 800 }

  /** Pairs of what stands in the header and in the bars of the views, of which one lies over the other. */
  const overlaps = (page: Page): Promise<string[]> =>
    page.locator('.db').evaluate(top => {
      const shown = [...top.querySelectorAll('.header > *, .totals > *, .tab, .view-tools, .fork > .head > *')]
        .filter(part => part.checkVisibility() && !part.matches('.unseen'))
        .map(part => ({ part, box: part.getBoundingClientRect() }))
        .filter(({ box }) => box.width > 1 && box.left < innerWidth)
      return shown.flatMap((a, i) =>
        shown.slice(i + 1).flatMap(b => {
          const wide = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left)
          const high = Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top)
          const apart = wide < 1.5 || high < 1.5 || a.part.closest('.inspector') !== b.part.closest('.inspector')
          return apart ? [] : [`${a.part.className} and ${b.part.className}`]
        })
      )
    })

  for (const view of Object.keys(views)) {
    test(`${view} is whole`, async ({ page }) => {
      await open(page, view)
      await page.setViewportSize(little)
      await expect(page.getByRole('tab', { name: view })).toHaveAttribute('aria-selected', 'true')
      const bar = page.getByRole('tablist', { name: 'Views' })
      await expect(bar.getByRole('tab', { name: view })).toBeInViewport({ ratio: 1 })
      if (view === 'dialog') await expect(page.getByRole('button', { name: 'Pause view' })).toBeInViewport({ ratio: 1 })
      if (view === 'compare') await expect(page.locator('.compare-stats').first()).toBeVisible()
      expect(await cutTexts(page.locator('.db').first()), 'texts that are cut off').toEqual([])
      expect(await overlaps(page), 'what lies over each other').toEqual([])
      expect(await violations(page), 'axe').toEqual([])
    })
  }

  test('the fork sheet is whole', async ({ page }) => {
    await open(page, 'ledger')
    await page.setViewportSize(little)
    await rowsOf(page).filter({ hasText: 'What does an electric bus cost' }).first().click()
    await page.getByRole('button', { name: 'Fork here' }).click()
    await expect(page.getByRole('button', { name: 'Run branch' })).toBeInViewport({ ratio: 1 })
    await expect(page.getByText('then Compare')).toBeInViewport({ ratio: 1 })
    expect(await cutTexts(page.locator('.db').first()), 'texts that are cut off').toEqual([])
    expect(await overlaps(page), 'what lies over each other').toEqual([])
    expect(await violations(page), 'axe').toEqual([])
  })
})
