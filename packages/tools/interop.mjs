// `npm run test:interop`: recordFetch under SDKs that nothing else here needs. They have a lock file of their own and are
// installed by this command alone, which needs the network the first time. With --write, what the SDKs were seen to send
// is written down for the tests of daybook/fetch.
import { readFileSync } from 'node:fs'
import { build } from './build.mjs'
import { install } from './install.mjs'
import { at, isMain, main, run, ToolError, tools } from './workspace.mjs'

const folder = 'packages/interop'
const preload = new URL('./loopback-only.mjs', import.meta.url).href

/** Whether npm's own list of what it installed is not the lock file's. */
function outdated() {
  const packagesOf = file => {
    try {
      const { packages } = JSON.parse(readFileSync(at(folder, file), 'utf8'))
      return Object.entries(packages).flatMap(([path, { version, integrity }]) =>
        path ? [[path, version, integrity]] : []
      )
    } catch {
      return undefined
    }
  }
  return (
    JSON.stringify(packagesOf('package-lock.json')) !== JSON.stringify(packagesOf('node_modules/.package-lock.json'))
  )
}

if (isMain(import.meta.url)) {
  await main(async args => {
    const unknown = args.find(arg => arg !== '--write')
    if (unknown) throw new ToolError(`npm run test:interop does not know ${unknown}: it takes --write.`)
    await install(line => console.log(line))
    await build(line => console.log(line), { only: ['packages'] })
    if (outdated()) {
      console.log('installing the other SDKs …')
      const npm = ['ci', '--prefix', at(folder), '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error']
      const { code, output } = await run(tools.npm, npm)
      if (code !== 0) throw new ToolError('The other SDKs could not be installed (npm ci): see above.', output)
    }
    const env = { DAYBOOK_WRITE_SEEN: args.includes('--write') ? '1' : undefined, NODE_OPTIONS: `--import=${preload}` }
    const { code, output } = await run(
      [process.execPath],
      ['--test', '--test-reporter=spec', `${folder}/interop.test.mjs`],
      { env }
    )
    console.log(output.trimEnd())
    if (args.includes('--write')) await run(tools.biome, ['format', '--write', 'packages/daybook/src/fetch/seen'])
    return code
  })
}
