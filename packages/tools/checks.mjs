// The checks themselves, each as a function that resolves with its counts: `npm test` runs all, `npm run check` the quick ones.
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { notesVariable } from './loopback-only.mjs'
import { at, cacheFolder, root, run, tools } from './workspace.mjs'

const preload = new URL('./loopback-only.mjs', import.meta.url).href

// A key of the person who runs the tests must not change what they test.
const noKeys = Object.fromEntries(
  ['OPENROUTER_API_KEY', 'OPENROUTER_MODEL', 'ANTHROPIC_API_KEY', 'OPENAI_API_KEY'].map(name => [name, undefined])
)

/** Runs a tool that, with all that it starts, may connect to this machine only. */
async function confined(name, tool, args, { env = {}, timeoutMs } = {}) {
  const notes = join(cacheFolder('logs'), `${name}.connections`)
  rmSync(notes, { force: true })
  const options = [process.env.NODE_OPTIONS, `--import=${preload}`].filter(Boolean).join(' ')
  const result = await run(tool, args, {
    env: { ...noKeys, ...env, NODE_OPTIONS: options, [notesVariable]: notes },
    timeoutMs
  })
  if (!existsSync(notes)) return result
  const attempts = readFileSync(notes, 'utf8').trim()
  return {
    ...result,
    code: result.code || 1,
    output: `${result.output}\nAttempted to leave this machine:\n${attempts}\n`
  }
}

/** One thing that passes or fails as a whole. */
const single = ({ code, output }) => ({ passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, output })

export const types = async () => single(await confined('types', tools.tsc, ['-b']))

export const lint = async () =>
  single(await confined('lint', tools.biome, ['ci', '--colors=off', '--error-on-warnings', '.']))

export const floors = async () =>
  single(await confined('floors', [process.execPath], [at('packages/tools/floors.mjs')]))

export async function bundles() {
  const { code, output } = await confined('bundles', [process.execPath], [at('packages/tools/bundle.mjs')])
  return { ...single({ code, output }), note: code === 0 ? output.trim().split('\n').at(-1) : undefined }
}

/** What the panel does with 100,000 events, to be read: no figure fails it, only a panel that fails does. */
export async function panelReport() {
  const args = [at('packages/tools/bench-devtools.mjs'), '--quick']
  const result = await confined('panel-report', [process.execPath], args, { timeoutMs: 60_000 })
  if (result.timedOut) return { passed: 1, failed: 0, note: 'this machine was too busy to measure' }
  return { ...single(result), lines: result.output.trimEnd().split('\n') }
}

/** A tool's report in JSON, or undefined when it did not live to write one. */
function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}

/** The counts, made worse by what the report does not know: a crash, an exit code, that nothing ran. */
function judged(counts, { code, output }) {
  const bad = code !== 0 && counts.failed === 0
  const none = counts.passed + counts.failed === 0
  if (!bad && !none) return { ...counts, output }
  const why = none && !bad ? 'No test ran.' : `It ended with code ${code}, though no single test is to blame.`
  return { ...counts, failed: counts.failed + 1, output: `${output}\n${why}` }
}

/**
 * The unit tests of one Vitest project: `node` or `chromium`. The quick ones leave out what starts processes or waits in
 * real time, and their files share a process, which takes half the time; `npm test` gives each its own, so that none
 * can pass by what another left behind.
 */
export async function unit(project, { quick = false } = {}) {
  const file = join(cacheFolder('logs'), `unit-${project}.json`)
  rmSync(file, { force: true })
  const args = ['run', '--root', root, '--project', project, '--allowOnly=false', '--no-color']
  if (quick) args.push('--no-isolate')
  // Vitest keeps one core for itself, which it hardly needs: of two it would use one.
  args.push(`--maxWorkers=${availableParallelism()}`)
  args.push('--reporter=default', '--reporter=json', `--outputFile.json=${file}`)
  const result = await confined(`unit-${project}`, tools.vitest, args, {
    env: { NO_COLOR: '1', FORCE_COLOR: undefined, DAYBOOK_CHECK: quick ? 'quick' : undefined }
  })
  const found = readReport(file)
  if (!found) return judged({ passed: 0, failed: 0 }, { ...result, code: result.code || 1 })
  // A file that could not be loaded has no tests in the report, and would not count.
  const unloaded = found.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0
  )
  const counts = {
    passed: found.numPassedTests,
    failed: found.numFailedTests + unloaded.length,
    skipped: found.numPendingTests + found.numTodoTests
  }
  return judged(counts, result)
}

/** The tests of the pages, by Playwright. */
export async function pages() {
  const file = join(cacheFolder('logs'), 'pages.json')
  rmSync(file, { force: true })
  const args = ['test', '--config', at('e2e/playwright.config.ts'), '--forbid-only', '--reporter=list,json']
  const env = {
    PLAYWRIGHT_JSON_OUTPUT_FILE: file,
    PLAYWRIGHT_JSON_OUTPUT_NAME: file,
    FORCE_COLOR: '0',
    NO_COLOR: undefined
  }
  const result = await confined('pages', tools.playwright, args, { env })
  const stats = readReport(file)?.stats
  if (!stats) return judged({ passed: 0, failed: 0 }, { ...result, code: result.code || 1 })
  // Retries are off, so nothing is flaky; if they were on, a test that needs two attempts has failed once.
  return judged({ passed: stats.expected, failed: stats.unexpected + stats.flaky, skipped: stats.skipped }, result)
}
