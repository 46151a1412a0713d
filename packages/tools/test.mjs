// `npm test`: everything that must hold. The set-up may use the network, what comes after it may not.
import { build } from './build.mjs'
import { ensureChromium } from './ensure-chromium.mjs'
import { install } from './install.mjs'
import { report } from './steps.mjs'
import { main } from './workspace.mjs'

/** A step of the set-up: it counts only when it fails. */
const prepare = body => async () => {
  const lines = []
  await body(line => lines.push(line))
  return { passed: 0, failed: 0, note: lines.map(line => line.replace(/ …$/, '')).join(', ') }
}

await main(async () => {
  const { step, close } = report()
  if (!(await step('packages', prepare(install)))) return close()
  const chromium = await step('Chromium', prepare(ensureChromium))
  const built = await step('build', prepare(build))

  // Loaded only now: these need what has just been installed.
  const { types, lint, floors, bundles, unit, pages, panelReport } = await import('./checks.mjs')
  await step('types', types)
  await step('lint and format', lint)
  await step('floors', floors)
  if (built) await step('bundles', bundles)
  await step('unit tests in Node', () => unit('node'))
  if (chromium) await step('unit tests in Chromium', () => unit('chromium'))
  if (chromium && built) await step('page tests', pages)
  if (chromium && built) await step('the panel at 100,000 events (report)', panelReport)
  return close()
})
