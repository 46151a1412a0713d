import { expect, test } from 'vitest'
import { importsOf, violations } from '../floors.mjs'

const source = (path: string) => ({ '@daybook/source': path, default: './dist/x.js' })
const manifests = new Map<string, object>([
  [
    'packages/daybook',
    {
      name: 'daybook',
      imports: {
        '#platform': { default: source('./src/platform/memory.ts') },
        '#stores': { default: source('./src/stores/memory.ts') }
      },
      exports: { '.': source('./src/index.ts'), './node': source('./src/node/index.ts') },
      dependencies: { 'idb-keyval': '1' },
      peerDependencies: { openai: '1' },
      peerDependenciesMeta: { openai: { optional: true } }
    }
  ],
  [
    'packages/kits',
    { name: 'daybook-kits', exports: { '.': source('./src/index.ts') }, dependencies: { daybook: '1' } }
  ],
  ['packages/cli', { name: 'daybook-cli', exports: { '.': source('./src/index.ts') } }],
  [
    'devtools',
    { name: 'daybook-devtools', exports: { '.': source('./src/embed.tsx') }, devDependencies: { react: '1' } }
  ]
])

const core = 'packages/daybook/src'
const rooms = 'llm cache ledger world dialog run node browser openai testing testing/node stores platform prices'
const empty = [
  ...rooms.split(' ').map(room => `${core}/${room}/it.ts`),
  ...['errors', 'index', 'daybook', 'platform/memory', 'stores/memory', 'node/index', 'llm/priced', 'prices/index'].map(
    name => `${core}/${name}.ts`
  ),
  'packages/kits/src/index.ts',
  'packages/cli/src/index.ts',
  'packages/cli/src/other.ts',
  'devtools/src/embed.tsx'
]

/** What is said about one file with one import, in a house where every room has a file. */
function check(file: string, code: string): string[] {
  const files = new Map(empty.map(path => [path, '']))
  return violations(files.set(file, code), manifests)
}

const from = (specifier: string) => `import { x } from '${specifier}'`

test('an arrow that runs down, or along its own floor, is right', () => {
  expect(check(`${core}/run/it.ts`, from('../llm/it.js'))).toEqual([])
  expect(check(`${core}/llm/it.ts`, from('../cache/it.js'))).toEqual([])
  expect(check(`${core}/llm/priced.ts`, `const table = await import('../prices/index.js')`)).toEqual([])
  expect(check(`${core}/llm/it.ts`, from('#platform'))).toEqual([])
  expect(check(`${core}/daybook.ts`, from('#stores'))).toEqual([])
  expect(check(`${core}/stores/it.ts`, from('../node/it.js'))).toEqual([])
  expect(check(`${core}/testing/node/it.ts`, from('../../node/it.js'))).toEqual([])
  expect(check('packages/kits/src/index.ts', from('daybook'))).toEqual([])
  expect(check('packages/cli/src/index.ts', from('daybook/node'))).toEqual([])
})

test('an arrow that runs up is named: file, import and why', () => {
  expect(check(`${core}/llm/it.ts`, from('../ledger/it.js'))).toEqual([
    `${core}/llm/it.ts -> ../ledger/it.js: runs up, from llm (1) to ledger (2)`
  ])
})

const wrong: [file: string, code: string, why: string][] = [
  [`${core}/errors.ts`, from('./llm/it.js'), 'runs up'],
  [`${core}/cache/it.ts`, `import type { X } from '../world/it.js'`, 'runs up'],
  [`${core}/cache/it.ts`, `type X = import('../world/it.js').X`, 'runs up'],
  [`${core}/cache/it.ts`, `export * from '../world/it.js'`, 'runs up'],
  [`${core}/cache/it.ts`, `const later = () => import('../world/it.js')`, 'runs up'],
  [`${core}/run/it.ts`, from('#stores'), 'runs up'],
  [`${core}/run/it.ts`, from('daybook'), 'runs up'],
  [`${core}/run/it.ts`, from('../dialog/it.js'), 'do not know each other'],
  [`${core}/dialog/it.ts`, from('../run/it.js'), 'do not know each other'],
  [`${core}/node/it.ts`, from('../browser/it.js'), 'do not know each other'],
  [`${core}/testing/it.ts`, from('../node/it.js'), 'do not know each other'],
  [`${core}/daybook.ts`, from('./node/it.js'), 'only stores/ chooses'],
  ['devtools/src/embed.tsx', from('daybook-cli'), 'do not know each other'],
  ['packages/kits/src/index.ts', from('daybook-cli'), 'runs up'],
  ['packages/kits/src/index.ts', from('../../daybook/src/errors.js'), 'entered by its name'],
  ['packages/kits/src/index.ts', from('zod'), 'no dependency'],
  [`${core}/openai/it.ts`, from('openai'), 'may be absent'],
  [`${core}/llm/it.ts`, from('node:fs'), 'Node modules'],
  [`${core}/llm/it.ts`, from('fs'), 'Node modules'],
  [`${core}/llm/it.test.ts`, from('node:fs'), 'Node modules'],
  [`${core}/llm/it.test.ts`, from('../../dist/llm/it.js'), 'what was built'],
  ['e2e/page.spec.ts', from('../devtools/src/embed.js'), 'no source'],
  ['e2e/page.spec.ts', from('daybook'), 'no source']
]

for (const [file, code, why] of wrong) {
  test(`refused: ${code} in ${file}`, () => {
    const lines = check(file, code)
    expect(lines).toHaveLength(1)
    expect(lines[0]).toContain(why)
  })
}

test('tests may climb, contracts too, and a peer may be imported as a type or late', () => {
  expect(check(`${core}/llm/it.test.ts`, from('../ledger/it.js'))).toEqual([])
  expect(check(`${core}/cache/store.contract.ts`, from('../testing/it.js'))).toEqual([])
  expect(check(`${core}/llm/it.node.test.ts`, from('node:fs'))).toEqual([])
  expect(check(`${core}/openai/it.ts`, `import type { OpenAI } from 'openai'`)).toEqual([])
  expect(check(`${core}/openai/it.ts`, `const sdk = () => import('openai')`)).toEqual([])
  expect(check('e2e/page.spec.ts', `${from('./support/test.js')};${from('../packages/tools/chromium.mjs')}`)).toEqual(
    []
  )
})

test('a room that the plan does not know is a violation, whichever way its arrows run', () => {
  const [line] = check(`${core}/attic/it.ts`, from('../errors.js'))
  expect(line).toContain('attic is on no floor')
})

test('files that load each other are named; types may go round', () => {
  const files = new Map([
    [`${core}/llm/a.ts`, from('./b.js')],
    [`${core}/llm/b.ts`, from('./c.js')],
    [`${core}/llm/c.ts`, from('./a.js')]
  ])
  const [line, ...rest] = violations(files, manifests)
  expect(line).toContain('a.ts -> packages/daybook/src/llm/b.ts: a cycle at run time: ')
  expect(rest).toEqual([])
  files.set(`${core}/llm/c.ts`, `import type { A } from './a.js'`)
  expect(violations(files, manifests)).toEqual([])
})

test('what only looks like an import is none', () => {
  expect(importsOf('a.ts', `// import x from './a.js'\nconst text = "import y from './b.js'"`)).toEqual([])
  expect(importsOf('a.ts', `const f = \`\${import('./c.js')}\``)).toEqual([
    { specifier: './c.js', typeOnly: false, dynamic: true }
  ])
  expect(() => importsOf('a.ts', 'import {')).toThrow('a.ts cannot be read')
})
