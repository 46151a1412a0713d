import { readFileSync } from 'node:fs'
import type { Page } from '@playwright/test'
import { project } from './serve.js'

const axe = readFileSync(project('node_modules/axe-core/axe.min.js'), 'utf8')

interface Violation {
  readonly id: string
  readonly nodes: readonly { readonly target: unknown; readonly failureSummary: string }[]
}

/** What axe finds on the page as it stands, one line for each place. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe)
  const found = await page.evaluate(async () => {
    const run = Reflect.get(window, 'axe') as { run(): Promise<{ violations: Violation[] }> }
    return (await run.run()).violations
  })
  return found.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${JSON.stringify(target)} ${failureSummary.replace(/\s+/g, ' ')}`)
  )
}
