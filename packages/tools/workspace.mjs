// What every script here needs: where the project is, and how another program is run. Node builtins only, because the
// first of these scripts runs before anything is installed.
import { spawn } from 'node:child_process'
import { mkdirSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The top folder of the project. */
export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '')

/** A path inside the project. */
export const at = (...parts) => join(root, ...parts)

/** The path of a folder that `npm ci` clears and git ignores: stamps, reports and logs. It is made when it is missing. */
export function cacheFolder(...parts) {
  const folder = at('node_modules', '.cache', 'daybook', ...parts)
  mkdirSync(folder, { recursive: true })
  return folder
}

/** The command lines of the tools, started without npx: it would put a shell between us and the process to be ended. */
export const tools = {
  tsc: [process.execPath, at('node_modules/typescript/bin/tsc')],
  vite: [process.execPath, at('node_modules/vite/bin/vite.js')],
  vitest: [process.execPath, at('node_modules/vitest/vitest.mjs')],
  biome: [process.execPath, at('node_modules/@biomejs/biome/bin/biome')],
  playwright: [process.execPath, at('node_modules/@playwright/test/cli.js')],
  npm: npm()
}

// Under `npm run` npm says where it is; started by hand it is looked up in the path.
function npm() {
  const script = process.env.npm_execpath
  if (script?.endsWith('npm-cli.js')) return [process.execPath, script]
  return [process.platform === 'win32' ? 'npm.cmd' : 'npm']
}

const running = new Set()

function end(child, signal) {
  try {
    // The whole group: vitest and Playwright start browsers and servers of their own.
    if (process.platform === 'win32') child.kill(signal)
    else process.kill(-child.pid, signal)
  } catch {
    // It has ended by itself.
  }
}

function stop(_signal, number) {
  for (const child of running) end(child, 'SIGTERM')
  process.exit(128 + number)
}

// Listened to only while something runs: before and after, a signal has its usual meaning.
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
function started(child) {
  if (running.size === 0) for (const signal of signals) process.on(signal, stop)
  running.add(child)
}
function ended(child) {
  running.delete(child)
  if (running.size === 0) for (const signal of signals) process.off(signal, stop)
}

/**
 * Runs a program to its end, without input, in the top folder.
 * @returns {Promise<{ code: number, output: string, timedOut: boolean }>} both of its outputs as one text, in order of
 * arrival. A program that cannot be started, or does not end within `timeoutMs`, has a code other than 0.
 */
export function run([command, ...fixed], args = [], { env = {}, timeoutMs = 600_000 } = {}) {
  return new Promise(resolve => {
    const posix = process.platform !== 'win32'
    const child = spawn(command, [...fixed, ...args], {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: posix,
      shell: !posix && command.endsWith('.cmd')
    })
    started(child)
    const chunks = []
    let timedOut = false
    const timer = setTimeout(() => {
      timedOut = true
      chunks.push(Buffer.from(`\nended after ${Math.round(timeoutMs / 1000)} s: it took too long\n`))
      end(child, 'SIGKILL')
    }, timeoutMs)
    const done = code => {
      clearTimeout(timer)
      ended(child)
      resolve({ code, output: Buffer.concat(chunks).toString('utf8'), timedOut })
    }
    child.stdout.on('data', chunk => chunks.push(chunk))
    child.stderr.on('data', chunk => chunks.push(chunk))
    child.on('error', error => {
      chunks.push(Buffer.from(`${command}: ${error.message}\n`))
      done(127)
    })
    child.on('close', code => done(timedOut ? 124 : (code ?? 1)))
  })
}

/** True for the script that was started, false where it was imported. */
export const isMain = url => process.argv[1] !== undefined && fileURLToPath(url) === realpathSync(process.argv[1])

/** A failure that is told in one line, without a stack. */
export class ToolError extends Error {
  constructor(message, output = '') {
    super(message)
    this.output = output
  }
}

/** Runs the main function of a script: what it returns is the exit code, and an expected failure is one line. */
export async function main(body) {
  try {
    process.exitCode = (await body(process.argv.slice(2))) ?? 0
  } catch (error) {
    if (!(error instanceof ToolError)) throw error
    if (error.output) process.stderr.write(`${error.output.trimEnd()}\n`)
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 1
  }
}
