// `npm start`: installs and builds what is missing, each with one line while it works, then is the command `daybook start`.
import { pathToFileURL } from 'node:url'
import { build } from './build.mjs'
import { install } from './install.mjs'
import { at, main } from './workspace.mjs'

// To stderr: with --json what the command prints must be all that stands on stdout.
const say = line => process.stderr.write(`${line}\n`)

await main(async args => {
  await install(say)
  await build(say)
  // An import and no child: Ctrl-C, the terminal and the exit code are the command's own.
  const command = await import(pathToFileURL(at('packages/cli/dist/index.js')).href)
  return command.main(['start', ...args])
})
