import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { inlined, sideBySide, withoutLater } from '../inline-page.mjs'

/** As Vite builds it. */
const page = `<!doctype html><html><head>
    <meta
      http-equiv="Content-Security-Policy"
      content="default-src 'none'; script-src 'self'"
    />
    <title>Daybook</title>
    <script type="module" crossorigin src="./assets/index-a.js"></script>
    <link rel="stylesheet" crossorigin href="./assets/index-b.css">
  </head><body><div id="root"></div>\n  </body></html>`
const script = "const end = '</script><!--', price = '$&'\n//# sourceMappingURL=a.map\n"

test('a page in one file holds its script and its styles, and may load nothing', () => {
  const html = inlined(page, script, 'html{margin:0}')
  expect(html).not.toMatch(/src="|href="|sourceMappingURL/)
  expect(html).toContain('<style>html{margin:0}</style>')
  expect(html).toContain("const end = '\\x3C/script>\\x3C!--', price = '$&'")
  expect(html.indexOf('<div id="root">')).toBeLessThan(html.indexOf('<script'))
  expect(html.match(/<\/script>/g)).toHaveLength(1)
})

test('its policy allows just these two', () => {
  const html = inlined(page, script, 'html{margin:0}')
  const [, code = ''] = /<script type="module">(.*)<\/script>/s.exec(html) ?? []
  const hash = createHash('sha256').update(code).digest('base64')
  expect(html).toContain(`content="default-src 'none'; script-src 'sha256-${hash}'; style-src 'sha256-`)
})

test('a page of another kind is not taken for one', () => {
  expect(() => inlined('<html></html>', script, '')).toThrow('The page has no')
})

test('what a module of it would load later is loaded with it', () => {
  const code = `const load = async () => (await import('./later.js')).name\nconst kit = () => import("daybook-kits/research")\n`
  expect(withoutLater(code)).toBe(
    `import { name as atOnce0 } from "./later.js";import * as atOnce1 from "daybook-kits/research";` +
      'const load = async () => atOnce0\nconst kit = () => Promise.resolve(atOnce1)\n'
  )
  expect(withoutLater('const { a, b } = await import("./some.js")')).toBe(
    'import { a as atOnce0 } from "./some.js";import { b as atOnce1 } from "./some.js";' +
      'const { a, b } = await Promise.resolve({ a: atOnce0, b: atOnce1 })'
  )
  expect(withoutLater('const load = path => import(path)')).toBeUndefined()
})

test('of the folders named, the entry imports every file first, and no test', () => {
  const { transform } = sideBySide('/src/inline-page.node.test.ts', ['../../../devtools/src/styles', '.'])
  const code = transform('rest()', import.meta.filename) ?? ''
  expect(code).toContain('import "./../../../devtools/src/styles/panel.css?inline";')
  expect(code).not.toContain('.test.')
  expect(code.endsWith(';rest()')).toBe(true)
  expect(transform('rest()', '/src/other.ts')).toBeUndefined()
})
