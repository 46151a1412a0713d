// Builds what is missing or out of date: the packages with tsc, the page and the panel with Vite. What is up to date is
// known by a hash of all that goes in, so that nothing is started where nothing has changed.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { at, cacheFolder, isMain, main, root, run, ToolError, tools } from './workspace.mjs'

const isTest = path => /\.test\.tsx?$/.test(path)
const isSource = path => /\.tsx?$/.test(path) && !isTest(path) && !path.endsWith('.d.ts')

/** All files under a folder or file of the project, but tests and what was built, as paths from the top, sorted. */
function filesOf(path) {
  if (!existsSync(at(path))) return []
  const entries = readdirSync(at(path), { recursive: true, withFileTypes: true })
  return entries
    .filter(entry => entry.isFile())
    .map(entry => relative(root, join(entry.parentPath ?? entry.path, entry.name)))
    .filter(file => !isTest(file))
    .sort()
}

const packages = ['daybook', 'kits', 'cli'].map(name => `packages/${name}`)
const sources = () => packages.flatMap(folder => filesOf(`${folder}/src`))
const panel = () => ['src', 'public'].flatMap(name => filesOf(`devtools/${name}`))
const bundled = () => [...settings, ...sources().filter(file => !file.startsWith('packages/cli/')), ...panel()]
const settings = [
  'package-lock.json',
  'tsconfig.json',
  'vite.config.ts',
  'packages/tools/tsconfig.base.json',
  'packages/tools/build.mjs',
  'packages/tools/inline-page.mjs',
  ...['daybook', 'kits', 'cli'].map(name => `packages/${name}/package.json`),
  ...['tsconfig.json', 'tsconfig.node.json', 'tsconfig.browser.json'].map(name => `packages/daybook/${name}`),
  'packages/kits/tsconfig.json',
  'packages/cli/tsconfig.json',
  ...['package.json', 'tsconfig.json', 'index.html', 'viewer.html', '.env.production'].map(name => `devtools/${name}`)
]

/** Where tsc writes what belongs to a source file: the packages to `dist`, the panel's types to `dist-types`. */
const compiled = file =>
  file.startsWith('devtools/')
    ? file.replace('devtools/src/', 'devtools/dist-types/').replace(/\.tsx?$/, '.d.ts')
    : file.replace('/src/', '/dist/').replace(/\.tsx?$/, '.js')

const libraries = [
  ...['', '/tsconfig.node.json', '/tsconfig.browser.json'].map(name => `packages/daybook${name}`),
  'packages/kits',
  'packages/cli',
  'devtools'
]

// A step names what it is made from, the files that must be there afterwards, and how to make them.
const steps = [
  {
    name: 'packages',
    needs: [],
    inputs: () => [...settings, ...sources(), ...panel()],
    outputs: () => [...sources(), ...panel()].filter(isSource).map(compiled),
    // tsc -b knows what has changed, but does not look whether what it once wrote is still there.
    make: lost => run(tools.tsc, ['-b', ...libraries, ...(lost ? ['--force'] : [])])
  },
  {
    name: 'page',
    needs: ['devtools/index.html'],
    inputs: bundled,
    outputs: () => ['devtools/dist-app/index.html'],
    make: () => viteBuild('production')
  },
  {
    name: 'panel',
    needs: ['devtools/src/embed.ts'],
    inputs: bundled,
    outputs: () => ['embed', 'production', 'nothing', 'tabs'].map(name => `devtools/dist/${name}.js`),
    make: () => viteBuild('embed')
  },
  {
    name: 'component',
    needs: ['devtools/src/react.tsx'],
    inputs: bundled,
    outputs: () => ['react', 'component', 'nothing'].map(name => `devtools/dist/react/${name}.js`),
    make: () => viteBuild('react')
  },
  {
    // After the page, which empties the folder that this one is put into.
    name: 'viewer',
    needs: ['devtools/viewer.html'],
    inputs: bundled,
    outputs: () => ['devtools/dist-app/viewer.html'],
    make: () => viteBuild('viewer')
  }
]

function viteBuild(mode) {
  // A test runner's environment would give us React's development build.
  const env = { NODE_ENV: 'production', VITEST: '' }
  return run(tools.vite, ['build', '--mode', mode, '--logLevel', 'warn'], { env })
}

function hashOf(files) {
  const hash = createHash('sha256').update(process.version)
  for (const file of files) {
    if (existsSync(at(file))) hash.update(`\0${file}\0`).update(readFileSync(at(file)))
  }
  return hash.digest('hex')
}

const stampOf = step => join(cacheFolder('build'), step.name)

function stateOf(step) {
  if (!step.needs.every(file => existsSync(at(file)))) return { absent: true }
  const hash = hashOf(step.inputs())
  const stamp = stampOf(step)
  const lost = step.outputs().some(file => !existsSync(at(file)))
  return { hash, lost, fresh: !lost && existsSync(stamp) && readFileSync(stamp, 'utf8') === hash }
}

/**
 * Builds what is not up to date; resolves with the names of what was built. `say` is told once, before work begins.
 * @throws ToolError with the compiler's output, when it cannot be built.
 */
export async function build(say = () => {}, { only } = {}) {
  const built = []
  for (const step of steps) {
    if (only && !only.includes(step.name)) continue
    const { absent, fresh, hash, lost } = stateOf(step)
    if (absent || fresh) continue
    if (built.length === 0) say('building …')
    const { code, output } = await step.make(lost)
    if (code !== 0) throw new ToolError(`The ${step.name} could not be built: see above.`, output)
    const missing = step.outputs().find(file => !existsSync(at(file)))
    if (missing) throw new ToolError(`The ${step.name} were built, but ${missing} is not there.`, output)
    // Written last: a build that was broken off is done again.
    writeFileSync(stampOf(step), hash)
    built.push(step.name)
  }
  return built
}

/** Removes all that was built. */
export function clean() {
  const folders = [
    ...packages.map(folder => `${folder}/dist`),
    ...['dist', 'dist-app', 'dist-types'].map(name => `devtools/${name}`)
  ]
  for (const folder of [...folders, 'node_modules/.cache']) rmSync(at(folder), { recursive: true, force: true })
}

if (isMain(import.meta.url)) {
  await main(async args => {
    const unknown = args.find(arg => arg !== '--quiet' && arg !== '--clean')
    if (unknown) throw new ToolError(`npm run build does not know ${unknown}: it takes --quiet and --clean.`)
    if (args.includes('--clean')) clean()
    const start = performance.now()
    const built = await build()
    if (args.includes('--quiet')) return
    const seconds = ((performance.now() - start) / 1000).toFixed(1)
    console.log(built.length > 0 ? `built ${built.join(', ')} in ${seconds} s` : 'everything is up to date')
  })
}
