// `npm run check`: what can be checked in seconds, without a browser.
import { floors, lint, types, unit } from './checks.mjs'
import { install } from './install.mjs'
import { report } from './steps.mjs'
import { main } from './workspace.mjs'

await main(async () => {
  await install(line => console.log(line))
  const { step, close } = report()
  await step('types', types)
  // Types come first, since they also build what some tests start; then both cores have work.
  const tests = unit('node', { quick: true })
  await step('lint and format', lint)
  await step('floors', floors)
  await step('unit tests in Node', () => tests)
  return close()
})
