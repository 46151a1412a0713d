import { costOf, priceOf } from 'daybook/prices'
import { afterEach, expect, test } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { mountDevtools } from '../embed.js'
import { answered, asked, event } from '../model/events.fixture.js'
import type { DevtoolsSource } from '../model/source.js'

let end: (() => void) | undefined

afterEach(() => {
  end?.()
  end = undefined
  location.hash = ''
})

const run = [
  event('kit.loaded', 'k', { name: 'council', goal: 'Buses', budget: { maxCostUsd: 0.05 } }),
  asked('r1', 'First?', 100),
  answered('a1', 'r1', { cost_usd: 0.01, text: 'One.' }, 1000),
  event('llm.request', 'r2', { model: 'gpt-5', messages: [] }, { at: 1000, actor: 'research.writer' }),
  answered('a2', 'r2', { cost_usd: 0.02, model: 'gpt-5', text: 'Two.' }, 3000),
  asked('r3', 'Third?', 3000),
  answered('a3', 'r3', { cost_usd: 0, saved_usd: 0.004, cached: true, text: 'Three.' }, 3010)
]
const other = run.map(one => ({
  ...one,
  source: 'run:7',
  timestamp: new Date(Date.parse(one.timestamp) - 3_600_000).toISOString(),
  data: one.id === 'a2' ? { ...one.data, text: 'Two and more.', cost_usd: 0.04 } : one.data
}))

function source(ledgers: Readonly<Record<string, readonly unknown[]>>): DevtoolsSource {
  return {
    label: 'test',
    kind: 'page',
    watch(listener, onStatus) {
      listener(
        Object.entries(ledgers).map(([name, events]) => {
          const created = String((events[0] as { timestamp: string }).timestamp)
          const parent = name.startsWith('branch:') ? { parent: 'run:8' } : {}
          return { name, length: events.length, created, updated: created, ...parent }
        })
      )
      onStatus?.({ state: 'live' })
      return () => {}
    },
    follow(name, follower) {
      follower.events(0, (ledgers[name] ?? []) as never)
      return () => {}
    }
  }
}

/** The panel in a page; gives a search for its elements by text or name. */
function mount(ledgers: Readonly<Record<string, readonly unknown[]>>) {
  const target = document.createElement('div')
  document.body.append(target)
  const panel = mountDevtools(target, source(ledgers), { mode: 'inline', height: 800, run: 'run:8' })
  end = () => {
    panel.unmount()
    target.remove()
  }
}

test('the figures follow the playhead, and a click on a model filters the ledger by it', async () => {
  await page.viewport(1300, 860)
  mount({ 'run:8': run })
  await page.getByRole('tab', { name: 'Cost' }).click()
  await expect.element(page.getByText('saved by the cache')).toBeVisible()
  const stats = page.getByText('saved by the cache').element().closest('.stats') as HTMLElement
  expect(stats.textContent).toContain('$0.0300')
  await expect.element(page.getByTitle('$0.03 spent of $0.05')).toHaveTextContent('budget $0.0200 left of $0.05')
  for (const _ of [1, 2, 3]) await page.getByRole('button', { name: 'One event back' }).click()
  await expect.poll(() => stats.textContent).toContain('$0.0100')
  await expect.element(page.getByText('as of #4')).toBeVisible()
  await page.getByRole('button', { name: 'To the end' }).click()
  await page.getByRole('button', { name: 'gpt-5', exact: true }).click()
  await expect.element(page.getByRole('tab', { name: 'Ledger' })).toHaveAttribute('aria-selected', 'true')
  await expect.element(page.getByPlaceholder(/Filter by text/)).toHaveValue('model:gpt-5')
})

test('a last event without a time leaves the view whole', async () => {
  await page.viewport(1300, 860)
  mount({ 'run:8': [...run, { id: 'odd', type: 'x', data: {} }] })
  await page.getByRole('tab', { name: 'Cost' }).click()
  await expect.element(page.getByRole('img', { name: /^Spent over time: \$0.0300 after 3.01/ })).toBeVisible()
})

test('the table sorts by its columns, by keys too', async () => {
  await page.viewport(1300, 860)
  mount({ 'run:8': run })
  await page.getByRole('tab', { name: 'Cost' }).click()
  const table = page.getByRole('table')
  await expect.element(table).toBeVisible()
  const names = (): string[] => [...table.element().querySelectorAll('tbody th')].map(cell => cell.textContent ?? '')
  expect(names()).toEqual(['gpt-5', 'gpt-5-mini'])
  const head = page.getByRole('button', { name: 'hits' })
  ;(head.element() as HTMLElement).focus()
  await userEvent.keyboard('{Enter}')
  expect(names()).toEqual(['gpt-5-mini', 'gpt-5'])
  await userEvent.keyboard('{Enter}')
  expect(names()).toEqual(['gpt-5', 'gpt-5-mini'])
})

test('runs stand side by side, and a branch is not added up with its run', async () => {
  await page.viewport(1300, 860)
  const branch = event('branch.created', 'b', { branch_id: 'b', parent: 'run:8', fork_position: 1 })
  mount({ 'run:8': run, 'run:7': other, 'branch:b': [branch, ...run.slice(1)] })
  await page.getByRole('tab', { name: 'Cost' }).click()
  await page.getByRole('button', { name: 'Runs #7–#8' }).click()
  await expect.element(page.getByText('spent in 2 runs')).toBeVisible()
  const stats = page.getByText('saved by the cache').element().closest('.stats') as HTMLElement
  await expect.poll(() => stats.textContent).toContain('$0.0800')
  expect(stats.textContent).toContain('2 of 6')
  await expect.element(page.getByText('Branches are not added up')).toBeVisible()
  const bars = page.getByRole('button', { name: /^#[78] / })
  expect(bars.elements().map(bar => bar.textContent)).toEqual(['$0.0500#7', '$0.0300#8 now'])
  await expect.element(page.getByText('run 7', { exact: true }).first()).toBeVisible()
  await page.getByRole('button', { name: /^#7 / }).click()
  await expect.poll(() => bars.elements().map(bar => bar.textContent)).toEqual(['$0.0500#7 now', '$0.0300#8'])
  await page.getByRole('button', { name: 'This run' }).click()
  await expect.element(page.getByText('Over time')).toBeVisible()
})

test('what the provider’s cache saved is told where its price is known, and what the budget holds back', async () => {
  await page.viewport(1300, 860)
  const target = { provider: 'openai', model: 'gpt-5-mini' }
  const usage = { input_tokens: 10_000, output_tokens: 100, cached_input_tokens: 8000 }
  const price = priceOf(target)
  const ask = (id: string) =>
    event('llm.request', id, { model: 'openai/gpt-5-mini', target, max_tokens: 1000, messages: [] })
  const paid = [ask('r'), answered('a', 'r', { usage, cost_usd: costOf(usage, price) }), ask('open')]
  mount({ 'run:8': [run[0], ...paid] })
  await page.getByRole('tab', { name: 'Cost' }).click()
  const saved = (): string | null | undefined => page.getByText('provider cache').element().parentElement?.textContent
  const each = 8000 * ((price?.input ?? 0) - (price?.cachedInput ?? 0))
  await expect.poll(saved).toBe(`provider cache$${each.toFixed(4)}`)
  await expect.element(page.getByText(/of it is reserved for the call that is under way/)).toBeVisible()
  end?.()
  mount({ 'run:8': [asked('r', 'x'), answered('a', 'r', { usage })] })
  await page.getByRole('tab', { name: 'Cost' }).click()
  await expect.poll(saved).toBe('provider cache–')
})

test('a run stands beside the one before it, with the words that differ; a click goes to the event in its run', async () => {
  await page.viewport(1300, 860)
  mount({ 'run:8': run, 'run:7': other })
  await page.getByRole('tab', { name: 'Compare' }).click()
  await expect.element(page.getByText('#1–#4 are the same')).toBeVisible()
  await expect.element(page.getByText('and more')).toBeVisible()
  await expect.element(page.getByText('1 difference')).toBeVisible()
  await expect.element(page.getByText('−$0.0200').first()).toBeVisible()
  await page.getByText('#1–#4 are the same').click()
  await expect.element(page.getByRole('button', { name: /kit.loaded/ }).first()).toBeVisible()
  await page.getByTitle('To this event in run:7').click()
  await expect.element(page.getByRole('tab', { name: 'Ledger' })).toHaveAttribute('aria-selected', 'true')
  await expect.element(page.getByRole('row', { selected: true })).toHaveTextContent('Two and more.')
})

test('a run alone is told how to get a second one', async () => {
  await page.viewport(1300, 860)
  mount({ 'run:8': run })
  await page.getByRole('tab', { name: 'Compare' }).click()
  await expect.element(page.getByText('nothing to compare it with')).toBeVisible()
})

test('a run that cannot be compared says why, and the panel goes on', async () => {
  await page.viewport(1300, 860)
  mount({
    'run:8': run,
    'run:7': [...other, 'no event', { id: 'odd', type: 'llm.response', data: { text: 7, usage: 'x' } }]
  })
  await page.getByRole('tab', { name: 'Compare' }).click()
  await expect.element(page.getByText('A has 9 events, B has 7 events')).toBeVisible()
})
