// Installs what is missing: `npm ci`, when what is installed is not what the lock file names.
import { existsSync, readFileSync } from 'node:fs'
import { at, isMain, main, run, ToolError, tools } from './workspace.mjs'

const leastNode = [20, 19]

/** One reason why the packages must be installed, or undefined when all of them are there. */
function missing() {
  const wanted = readLock(at('package-lock.json'))
  if (!wanted) throw new ToolError('package-lock.json cannot be read: restore it, then try again.')
  return difference(wanted, readLock(at('node_modules', '.package-lock.json')), path => existsSync(at(path)))
}

/** The first thing in which what is installed (npm's own list of it) is not what the lock file names. */
export function difference(wanted, installed, exists) {
  if (!installed) return 'nothing is installed yet'
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === '') continue
    const there = installed[path]
    // npm leaves out what is made for another platform.
    if (!there && (entry.optional || entry.peer || entry.devOptional)) continue
    if (there?.version !== entry.version || there?.integrity !== entry.integrity) return `${path} is not as locked`
    if (!exists(path)) return `${path} is gone`
  }
  return undefined
}

function readLock(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages
  } catch {
    return undefined
  }
}

/** Installs the locked packages if any is missing. `say` is told once, before the work begins. */
export async function install(say = () => {}) {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major < leastNode[0] || (major === leastNode[0] && minor < leastNode[1])) {
    throw new ToolError(`Daybook needs Node ${leastNode.join('.')} or newer; this is ${process.versions.node}.`)
  }
  if (!missing()) return
  say('installing packages …')
  // --include=dev: NODE_ENV=production, or a setting of npm, would leave out the tools that build.
  const args = ['ci', '--include=dev', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error']
  const { code, output } = await run(tools.npm, args)
  if (code !== 0) throw new ToolError('The packages could not be installed (npm ci): see above.', output)
  const reason = missing()
  if (reason) throw new ToolError(`npm ci ended well, but ${reason}: remove node_modules, then try again.`)
}

if (isMain(import.meta.url)) await main(() => install(line => console.log(line)))
