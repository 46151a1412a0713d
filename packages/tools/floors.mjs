// The floors test: reads every import and fails on an arrow that runs up. The house's plan is this file's first half.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { posix, relative, sep } from 'node:path'
import { parseSync } from 'vite'
import { at, isMain, main, root } from './workspace.mjs'

const core = 'packages/daybook/src/'

// From the ground up. A room is a folder of the core, or a package; a file imports from its own floor or from below.
const floors = [
  ['ground', 'platform', 'prices'],
  ['llm', 'cache'],
  ['ledger', 'world'],
  ['dialog', 'run'],
  ['node', 'browser', 'openai', 'anthropic', 'fetch', 'testing', 'testing/node', 'react', 'proxy', 'schemas'],
  ['facade', 'stores'],
  ['kits'],
  ['cli', 'devtools']
]
const floorOf = new Map(floors.flatMap((rooms, floor) => rooms.map(room => [room, floor])))
const edges = floors[4]

// Rooms of one floor that must not know each other.
const strangers = [['dialog', 'run'], ['cli', 'devtools'], edges]

// Rooms that are nothing without their optional peer.
const needsPeer = ['react', 'schemas']

const neighbours = (from, to) => from === 'testing/node' && ['node', 'testing', 'fetch'].includes(to)

/** The room of a file, or undefined for one that stands in no room. */
export function roomOf(file) {
  if (file.startsWith('packages/kits/src/')) return 'kits'
  if (file.startsWith('packages/cli/')) return 'cli'
  if (file.startsWith('devtools/src/')) return 'devtools'
  if (!file.startsWith(core)) return undefined
  const path = file.slice(core.length)
  if (path === 'daybook.ts' || path === 'index.ts') return 'facade'
  if (!path.includes('/')) return 'ground'
  return path.startsWith('testing/node/') ? 'testing/node' : path.slice(0, path.indexOf('/'))
}

const isTest = file => /\.(test|contract)\.tsx?$/.test(file)
const isNode = file =>
  file.endsWith('.node.test.ts') ||
  ['packages/cli/', 'packages/tools/', 'e2e/'].some(folder => file.startsWith(folder)) ||
  ['node/', 'testing/node/', 'platform/node.ts', 'stores/node.ts'].some(path => file.startsWith(core + path))

const houseOf = file => /^(packages\/[^/]+|devtools|e2e)(?=\/)/.exec(file)?.[0]

/** Every import of a source text: `{ specifier, typeOnly, dynamic }`. */
export function importsOf(file, text) {
  const { program, errors } = parseSync(file, text)
  if (errors.length > 0) throw new Error(`${file} cannot be read: ${errors[0].message}`)
  const found = []
  const visit = node => {
    if (Array.isArray(node)) {
      for (const child of node) visit(child)
      return
    }
    if (typeof node !== 'object' || node === null) return
    // An import whose names are all types still loads the file, unless it says `import type`.
    const typeOnly = node.importKind === 'type' || node.exportKind === 'type' || node.type === 'TSImportType'
    const source = node.source ?? (node.type === 'TSImportType' ? node.argument?.literal : undefined)
    if (/^(Import|Export|TSImportType)/.test(node.type) && typeof source?.value === 'string') {
      found.push({ specifier: source.value, typeOnly, dynamic: node.type === 'ImportExpression' })
    }
    for (const child of Object.values(node)) visit(child)
  }
  visit(program)
  return found
}

/**
 * The violations in a set of files, one line each: `file -> import: why`.
 * @param files {Map<string, string>} texts by path from the top of the project
 * @param manifests {Map<string, object>} the package.json of each house: what it exports, imports and depends on
 */
export function violations(files, manifests) {
  const lines = []
  const runtime = new Map()
  for (const [file, text] of files) {
    const arrows = []
    for (const found of importsOf(file, text)) {
      const target = resolve(file, found.specifier, files, manifests)
      const why = reason(file, found, target, manifests)
      if (why) lines.push(`${file} -> ${found.specifier}: ${why}`)
      if (target && !found.typeOnly && !found.dynamic) arrows.push(target)
    }
    runtime.set(file, arrows)
  }
  for (const cycle of cycles(runtime))
    lines.push(`${cycle[0]} -> ${cycle[1]}: a cycle at run time: ${cycle.join(' -> ')}`)
  return lines
}

function reason(file, found, target, manifests) {
  const { specifier } = found
  if (/(^|\/)dist(-app|-types)?\//.test(specifier))
    return 'what was built is not imported: import the source or the package'
  if (isBuiltin(specifier))
    return isNode(file) ? undefined : 'Node modules are for node/, testing/node, cli, tools and *.node.test.ts'
  if (file.startsWith('e2e/')) return leavesE2E(file, specifier) ? 'the page tests import no source' : undefined

  const relativePath = specifier.startsWith('.')
  if (relativePath && !target) {
    const path = posix.join(posix.dirname(file), specifier)
    if (houseOf(path) === houseOf(file)) return undefined // missing files, styles and data are the compiler's business
    return isTest(file) && path.startsWith('packages/tools/') ? undefined : 'another house is entered by its name'
  }
  if (relativePath && houseOf(target) !== houseOf(file))
    return isTest(file) ? undefined : 'another house is entered by its name'
  if (!target) return undeclared(file, found, manifests)
  if (isTest(file)) return undefined

  const [from, to] = [roomOf(file), roomOf(target)]
  const unknown = [from, to].find(room => !floorOf.has(room))
  if (unknown) return `${unknown} is on no floor: give it one in packages/tools/floors.mjs`
  if (floorOf.get(from) < floorOf.get(to))
    return `runs up, from ${from} (${floorOf.get(from)}) to ${to} (${floorOf.get(to)})`
  if (from !== to && !neighbours(from, to) && strangers.some(group => group.includes(from) && group.includes(to))) {
    return `${from} and ${to} do not know each other`
  }
  // The facade works everywhere; the default stores are the one thing that is chosen by the place.
  if (from === 'facade' && ['node', 'browser'].includes(to)) return `only stores/ chooses between node and browser`
  return undefined
}

const leavesE2E = (file, specifier) => {
  if (!specifier.startsWith('.')) return /^(#|daybook)/.test(specifier)
  const path = posix.join(posix.dirname(file), specifier)
  return !path.startsWith('e2e/') && !/^packages\/tools\/[^/]+\.mjs$/.test(path)
}

function undeclared(file, { specifier, typeOnly, dynamic }, manifests) {
  const house = houseOf(file)
  const manifest = manifests.get(house)
  if (!manifest || isTest(file) || specifier.startsWith('#')) return undefined
  const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
  const { dependencies, peerDependencies, devDependencies, peerDependenciesMeta } = manifest
  // The panel brings its own React: what is bundled is a devDependency. Its component for React has the page's.
  const bundled = house === 'devtools' ? devDependencies : {}
  if (name in bundled) return undefined
  if (!(name in { ...dependencies, ...peerDependencies })) return `${name} is no dependency in its package.json`
  if (!peerDependenciesMeta?.[name]?.optional || typeOnly || dynamic || needsPeer.includes(roomOf(file)))
    return undefined
  return `${name} may be absent: import its types only, or import() it`
}

/** The source file that a specifier names, or undefined for what is not ours or not there. */
function resolve(file, specifier, files, manifests) {
  if (specifier.startsWith('.')) {
    const path = posix.join(posix.dirname(file), specifier)
    return [path, path.replace(/\.js$/, '.ts'), path.replace(/\.js$/, '.tsx')].find(name => files.has(name))
  }
  if (specifier.startsWith('#')) {
    const house = houseOf(file)
    const conditions = manifests.get(house)?.imports?.[specifier]
    // Whatever the place, it is the same room.
    const source = conditions?.default?.['@daybook/source']
    return source ? posix.join(house, source) : undefined
  }
  for (const [house, manifest] of manifests) {
    if (specifier !== manifest.name && !specifier.startsWith(`${manifest.name}/`)) continue
    const source = manifest.exports?.[`.${specifier.slice(manifest.name.length)}`]?.['@daybook/source']
    return source ? posix.join(house, source) : undefined
  }
  return undefined
}

/** Every file that can reach itself, as one shortest way round for each group of such files. */
function cycles(graph) {
  const found = []
  const seen = new Set()
  for (const start of graph.keys()) {
    if (seen.has(start)) continue
    const way = wayRound(graph, start)
    if (!way) continue
    for (const file of way) seen.add(file)
    found.push(way)
  }
  return found
}

function wayRound(graph, start) {
  const before = new Map()
  const queue = [start]
  for (const file of queue) {
    for (const next of graph.get(file) ?? []) {
      if (next === start) {
        const way = [start]
        for (let step = file; step !== start; step = before.get(step)) way.splice(0, 0, step)
        return [start, ...way]
      }
      if (before.has(next)) continue
      before.set(next, file)
      queue.push(next)
    }
  }
  return undefined
}

const houses = ['packages/daybook', 'packages/kits', 'packages/cli', 'devtools']

/** The violations in this project, and the number of files that were read. */
export function checkFloors() {
  const files = new Map()
  for (const folder of [...houses.map(house => `${house}/src`), 'e2e']) {
    if (!existsSync(at(folder))) continue
    for (const entry of readdirSync(at(folder), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !/\.tsx?$/.test(entry.name)) continue
      const path = at(relative(root, entry.parentPath ?? entry.path), entry.name)
      files.set(relative(root, path).split(sep).join('/'), readFileSync(path, 'utf8'))
    }
  }
  const manifests = new Map(houses.map(house => [house, JSON.parse(readFileSync(at(house, 'package.json'), 'utf8'))]))
  return { lines: violations(files, manifests), files: files.size }
}

if (isMain(import.meta.url)) {
  await main(() => {
    const { lines, files } = checkFloors()
    for (const line of lines) console.log(line)
    console.log(lines.length > 0 ? `${lines.length} arrows run the wrong way` : `no arrow runs up, in ${files} files`)
    return lines.length > 0 ? 1 : 0
  })
}
