// Makes one file of a built page: its script and its styles are put into it, with a policy that allows these two and
// nothing else. `packages/cli` and the page itself put a ledger into the file that comes out.
import { createHash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'

const later = /\bimport\(\s*(["'])([^"']+)\1\s*\)/g
/** `(await import('x')).name` */
const oneName = /\(\s*await import\(\s*(["'])([^"']+)\1\s*\)\s*\)\.(\w+)/g
/** `{ a, b } = await import('x')` */
const someNames = /\{([\w\s,]+)\}(\s*=\s*await )import\(\s*(["'])([^"']+)\3\s*\)/g

/**
 * A Vite plugin: what a module would load later is loaded with it. One file has nothing to load later, and without this
 * every module of it would be wrapped in a function that waits to be asked for.
 */
export function allAtOnce() {
  return {
    name: 'all-at-once',
    enforce: 'post',
    transform: code => withoutLater(code)
  }
}

/**
 * A module's code with a static import for each dynamic one of a fixed path; undefined where there is none. Where it says
 * which names it wants, it imports these, and the bundler leaves out the rest of that module.
 */
export function withoutLater(code) {
  const imports = []
  const atOnce = (names, path) => {
    const name = `atOnce${imports.length}`
    imports.push(`import ${names(name)} from ${JSON.stringify(path)};`)
    return name
  }
  const changed = code
    .replace(oneName, (_all, _quote, path, wanted) => atOnce(name => `{ ${wanted} as ${name} }`, path))
    .replace(someNames, (_all, wanted, between, _quote, path) => {
      const members = wanted.match(/\w+/g).map(name => `${name}: ${atOnce(own => `{ ${name} as ${own} }`, path)}`)
      return `{${wanted}}${between}Promise.resolve({ ${members.join(', ')} })`
    })
    .replace(later, (_all, _quote, path) => `Promise.resolve(${atOnce(name => `* as ${name}`, path)})`)
  return imports.length > 0 ? imports.join('') + changed : undefined
}

/**
 * A Vite plugin: what is alike stands side by side in the script of an entry, a folder after the other. gzip looks back
 * over 32 kB, and finds there what a style, or a fold of the same events, has said already: it saves 5 kB of 185.
 */
export function sideBySide(entry, folders) {
  return {
    name: 'side-by-side',
    transform(code, id) {
      if (!id.endsWith(entry)) return undefined
      const files = folders.flatMap(folder =>
        readdirSync(join(dirname(id), folder))
          .filter(file => !file.includes('.test.'))
          .sort()
          .map(file => `./${folder}/${file.replace(/\.css$/, '$&?inline')}`)
      )
      // Of these, what nobody else asks for is left out.
      return files.map(file => `import ${JSON.stringify(file)};`).join('') + code
    }
  }
}

/** A Vite plugin: of a page, one script and one stylesheet, only the page is left. */
export function inlinePage() {
  return {
    name: 'inline-page',
    enforce: 'post',
    // After Vite's own hooks, which fill in what its dynamic imports need.
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        const files = Object.values(bundle)
        const page = files.find(file => file.fileName.endsWith('.html'))
        const script = files.find(file => file.type === 'chunk')
        const style = files.find(file => file.fileName.endsWith('.css'))
        if (!page || !script || !style || files.length !== 3) {
          const names = files.map(file => file.fileName).join(', ')
          this.error(`One page, one script and one stylesheet were expected, not ${names}.`)
        }
        if (script.code.includes('__VITE_PRELOAD__')) this.error('What is imported later is not ready.')
        page.source = inlined(String(page.source), script.code, String(style.source))
        for (const file of [script, style]) delete bundle[file.fileName]
      }
    }
  }
}

const scriptTag = /\s*<script type="module"[^>]*\ssrc="[^"]+"[^>]*><\/script>/
const styleTag = /<link rel="stylesheet"[^>]*>/
const policyTag = /<meta\s+http-equiv="Content-Security-Policy"[^>]*>/

export function inlined(page, script, style) {
  for (const tag of [scriptTag, styleTag, policyTag]) {
    if (!tag.test(page)) throw new Error(`The page has no ${tag}.`)
  }
  const code = safeScript(script.replace(/\n?\/\/# sourceMappingURL=.*\s*$/, ''))
  const css = style.replaceAll('</', '<\\/')
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(code)}`,
    `style-src ${hashOf(css)}`,
    'img-src data: blob:',
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'"
  ].join('; ')
  // In functions, since a `$` of the code means something in a text to put in.
  return page
    .replace(policyTag, () => `<meta http-equiv="Content-Security-Policy" content="${policy}" />`)
    .replace(styleTag, () => `<style>${css}</style>`)
    .replace(scriptTag, '')
    .replace('</body>', () => `<script type="module">${code}</script>\n</body>`)
}

/** Code in which nothing ends its own tag, or makes the parser wait for another one. */
function safeScript(code) {
  return code.replace(/<(?=\/script|script|!--)/gi, '\\x3C')
}

function hashOf(text) {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}
