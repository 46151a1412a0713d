// The bundle check: every entry that a page may import is bundled for the browser, and none may need Node, miss a file or
// have grown. It bundles what is published (dist), as a program of somebody else would.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { posix } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { gzipSync } from 'node:zlib'
import { build as bundle } from 'vite'
import { build } from './build.mjs'
import { at, isMain, main } from './workspace.mjs'

const everything = ["export * from 'daybook'", "export * from 'daybook/browser'"]

const chat = [
  "import { chatCompletionsApi } from 'daybook'",
  "const llm = chatCompletionsApi({ baseURL: '/api/llm/openai' })",
  "export const answer = text => llm({ model: 'm', messages: [{ role: 'user', content: text }] })"
]

// What a page pays at once for a use, in bytes after gzip. `goal` is what the design asks for, `limit` what was reached: nothing may
// grow past it, and it comes down when the size does. The README shows both.
const uses = [
  {
    name: 'one streamed chat completion',
    goal: 4_000,
    limit: 5_500,
    code: chat
  },
  { name: 'one streamed chat completion, with all that its first call loads', limit: 23_700, whole: true, code: chat },
  {
    name: 'with cache and ledger in IndexedDB',
    goal: 12_000,
    limit: 21_100,
    code: [
      "import { cached, chatCompletionsApi, openLedger, recorded } from 'daybook'",
      "import { idbCache, idbLedgerStore } from 'daybook/browser'",
      "const llm = cached(chatCompletionsApi({ baseURL: '/api/llm/openai' }), idbCache())",
      "const ledger = openLedger(idbLedgerStore(), 'session:1')",
      'export const answer = async text =>',
      "  recorded(llm, await ledger)({ model: 'm', messages: [{ role: 'user', content: text }] })"
    ]
  },
  {
    name: 'createDaybook: all of the above, dialogs, agents and runs',
    goal: 35_000,
    limit: 50_800,
    code: ["import { createDaybook } from 'daybook'", "export const daybook = createDaybook({ proxy: '/api/llm' })"]
  },
  { name: 'every export', goal: 35_000, limit: 102_400, code: everything }
]

const firstScriptLimit = 120_000

// What the panel costs, of what is published: `dist` with React in it, `dist/react` without.
const panelSizes = [
  {
    name: 'the panel: its trigger, with all that is loaded at once',
    goal: 2_000,
    limit: 2_000,
    bytes: () => zippedAll(readChunks('devtools/dist'), ['embed.js'])
  },
  {
    name: 'the panel: up to the first rows of a run, styles included, without React',
    goal: 35_000,
    limit: 35_200,
    bytes: () => panelParts(readChunks('devtools/dist/react'), 'react.js').first
  },
  {
    name: 'the panel: with all views, sheets and dialogs, without React and the SDK',
    goal: 90_000,
    limit: 185_000,
    bytes: () => panelParts(readChunks('devtools/dist/react'), 'react.js').whole
  },
  {
    name: 'the panel: what its views load of the SDK, to compare, verify, replay and export',
    limit: 57_000,
    bytes: () => {
      const chunks = readChunks('devtools/dist')
      const { names } = panelParts(chunks, 'embed.js')
      return names.filter(name => ofSdk(chunks.get(name))).reduce((sum, name) => sum + zipped(chunks.get(name).code), 0)
    }
  },
  {
    name: 'the file of one run, with all of the panel in it',
    goal: 180_000,
    limit: 181_600,
    bytes: () => zipped(readFileSync(at('devtools/dist-app/viewer.html'), 'utf8'))
  }
]

/**
 * What the panel only loads to make new calls: the kits of *Try it here* and of a replay, and what forks in a Daybook, which
 * the page has of its own.
 */
const notThePanels = /^chunks\/(kits|research|diligence|fork-with)-/

// Entries for Node only; data and types are no entries.
const nodeOnly = ['./node', './testing/node', './package.json']

/** The entries that a page may import: `{ name, missing }`, missing where its source is not there yet. */
function entries() {
  return ['packages/daybook', 'packages/kits'].flatMap(house => {
    const { name, exports } = JSON.parse(readFileSync(at(house, 'package.json'), 'utf8'))
    return Object.entries(exports)
      .filter(([entry]) => !nodeOnly.includes(entry))
      .map(([entry, conditions]) => ({
        name: name + entry.slice(1),
        missing: !existsSync(at(house, conditions['@daybook/source']))
      }))
  })
}

/** The chunks of a module for the browser, and what in it a browser cannot have. */
export async function bundled(code) {
  const id = 'virtual:entry'
  const faults = []
  const plugin = {
    name: 'daybook-entry',
    enforce: 'pre',
    resolveId(specifier, importer) {
      // Resolved as if it stood in a package that depends on ours.
      if (specifier === id) return at('packages/examples/entry.js')
      // Vite would put an empty module in its place, which fails in the page.
      if (isBuiltin(specifier)) faults.push(`${importer} needs ${specifier}, which is for Node only`)
      return undefined
    },
    load: path => (path === at('packages/examples/entry.js') ? code : undefined)
  }
  try {
    const { output } = await bundle({
      configFile: false,
      root: at('packages/examples'),
      logLevel: 'silent',
      define: { 'process.env.NODE_ENV': '"production"' },
      plugins: [plugin],
      build: {
        write: false,
        modulePreload: false,
        target: 'es2022',
        rolldownOptions: { input: id, preserveEntrySignatures: 'strict', onLog: log => faultOf(log, faults) }
      }
    })
    return { chunks: output, faults }
  } catch (error) {
    return { chunks: [], faults: [...faults, plain(error)] }
  }
}

// The first lines say what is missing; the rest is a picture of the code, in colours.
const plain = error =>
  stripVTControlCharacters(String(error?.message ?? error))
    .split('\n', 3)
    .join(' ')

function faultOf(log, faults) {
  if (log.code === 'UNRESOLVED_IMPORT' || log.code === 'MISSING_EXPORT') faults.push(log.message.split('\n', 1)[0])
}

/** The bytes after gzip of an entry and all that it loads at once; with `whole`, of all that it may load later too. */
export function size(chunks, whole = false) {
  if (whole) return chunks.reduce((sum, { code = '' }) => sum + zipped(code), 0)
  const byName = new Map(chunks.map(chunk => [chunk.fileName, chunk]))
  const first = new Set(chunks.filter(chunk => chunk.isEntry).map(chunk => chunk.fileName))
  for (const name of first) for (const next of byName.get(name)?.imports ?? []) first.add(next)
  return [...first].reduce((sum, name) => sum + zipped(byName.get(name)?.code ?? ''), 0)
}

const zipped = text => gzipSync(text, { level: 9 }).length

/** The page's first script, with all that is loaded before it can run; undefined where the page is not there yet. */
function firstScript() {
  if (!existsSync(at('devtools/index.html'))) return undefined
  const html = readFileSync(at('devtools/dist-app/index.html'), 'utf8')
  const tags = html.match(/<(?:script|link)\b[^>]*>/g) ?? []
  const scripts = tags.filter(tag => tag.startsWith('<script') || tag.includes('modulepreload'))
  const paths = scripts.map(tag => /(?:src|href)="([^"]+)"/.exec(tag)?.[1]).filter(Boolean)
  return paths.reduce((sum, path) => sum + zipped(readFileSync(at('devtools/dist-app', path))), 0)
}

/** The built chunks of a folder by their paths in it: `{ code, sources }`, with what their maps say they are made from. */
function readChunks(folder) {
  const files = ['.', 'chunks'].flatMap(part => readdirSync(at(folder, part)).map(file => posix.join(part, file)))
  return new Map(
    files
      .filter(file => file.endsWith('.js'))
      .map(file => {
        const map = at(folder, `${file}.map`)
        const sources = existsSync(map) ? JSON.parse(readFileSync(map, 'utf8')).sources : []
        return [file, { code: readFileSync(at(folder, file), 'utf8'), sources }]
      })
  )
}

const statically = /(?:\bfrom|\bimport)\s*["'](\.{1,2}\/[^"']+)["']/g
const later = /\bimport\(\s*["'`](\.{1,2}\/[^"'`]+)["'`]\s*\)/g

/**
 * Of built chunks by their paths, those that are loaded with the given ones; with `all`, those that may be loaded later too.
 * `skip` are not entered.
 */
export function reached(chunks, from, { all = false, skip = () => false } = {}) {
  const found = new Set(from)
  for (const name of found) {
    const { code } = chunks.get(name)
    const next = [...code.matchAll(statically), ...(all ? code.matchAll(later) : [])]
    for (const [, path] of next) {
      const file = posix.join(posix.dirname(name), path)
      if (chunks.has(file) && !skip(file)) found.add(file)
    }
  }
  return [...found]
}

const zippedAll = (chunks, from, options) =>
  reached(chunks, from, options).reduce((sum, name) => sum + zipped(chunks.get(name).code), 0)

/** Of a build, the panel that its entry loads: what it needs at once, and the whole of it with the names of its chunks. */
function panelParts(chunks, entry) {
  const panel = reached(chunks, [entry], { all: true }).find(name => name.startsWith('chunks/panel-'))
  if (!panel) throw new Error(`${entry} does not load a panel.`)
  const whole = { all: true, skip: name => notThePanels.test(name) }
  return {
    first: zippedAll(chunks, [panel]),
    whole: zippedAll(chunks, [panel], whole),
    names: reached(chunks, [panel], whole)
  }
}

/** Made from nothing of the panel's own. */
const ofSdk = ({ sources }) => sources.length > 0 && sources.every(path => /\/(packages|node_modules)\//.test(path))

const kilobytes = bytes => `${(bytes / 1000).toFixed(1)} kB`

/** Prints the sizes; returns the failures, one line each, and the figures in short. */
async function check(say) {
  const failures = []
  const figures = []

  const measure = async (name, code, limits = {}) => {
    const { chunks, faults } = await bundled(code)
    for (const fault of new Set(faults)) failures.push(`${name}: ${fault}`)
    if (faults.length > 0) return
    judge(name, size(chunks, limits.whole), limits)
  }
  const judge = (name, bytes, { limit, goal } = {}) => {
    const wanted = [limit && `at most ${kilobytes(limit)}`, goal && `goal ${kilobytes(goal)}`]
      .filter(Boolean)
      .join(', ')
    say(`${kilobytes(bytes).padStart(9)}  ${name}${wanted && ` (${wanted})`}`)
    if (limit) figures.push(kilobytes(bytes))
    if (bytes > limit) failures.push(`${name}: ${kilobytes(bytes)} after gzip, where ${kilobytes(limit)} are allowed`)
  }

  const all = entries()
  for (const { name, missing } of all) {
    if (missing) say(`  skipped  ${name}: its source is not there yet`)
    else await measure(name, `export * as all from '${name}'`) // with its default export
  }
  for (const { name, code, ...limits } of uses) {
    if (all.some(entry => entry.missing && code.some(line => line.includes(`'${entry.name}'`)))) {
      say(`  skipped  ${name}: an entry is not there yet`)
    } else await measure(name, code.join('\n'), limits)
  }
  const script = firstScript()
  if (script === undefined) say('  skipped  the first script of the page: the page is not there yet')
  else judge('the first script of the page', script, { limit: firstScriptLimit })
  for (const { name, bytes, ...limits } of panelSizes) judge(name, bytes(), limits)
  return { failures, figures }
}

if (isMain(import.meta.url)) {
  await main(async () => {
    await build()
    const { failures, figures } = await check(line => console.log(line))
    for (const failure of failures) console.log(failure)
    console.log(failures.length > 0 ? `${failures.length} bundles are wrong` : figures.join(' · '))
    return failures.length > 0 ? 1 : 0
  })
}
