// `npm run shots`: pictures of each view in light and dark, and of the dock, in e2e/shots. The page tests hold the same
// views against their checks without keeping the pictures.
import { rmSync } from 'node:fs'
import { build } from './build.mjs'
import { at, main, run, ToolError, tools } from './workspace.mjs'

await main(async () => {
  await build(line => console.log(line))
  rmSync(at('e2e/shots'), { recursive: true, force: true })
  const { code, output } = await run(
    tools.playwright,
    ['test', '--config', 'e2e/playwright.config.ts', 'views', 'dock'],
    {
      env: { DAYBOOK_SHOTS: '1' }
    }
  )
  console.log(output.trim())
  if (code !== 0) throw new ToolError('Not every view holds its checks; the pictures are in e2e/shots.')
})
