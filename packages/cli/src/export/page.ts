/** A run as one page that opens from a disk, without a network: the devtools with the ledger in them. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { LedgerEvent } from 'daybook'
import { ConfigurationError } from 'daybook/errors'
import { type PageFile, pageFiles } from '../server/page.js'

export interface RunPage {
  /** The ledger's name. */
  readonly name: string
  /** Shown as the page's title. */
  readonly title: string
  readonly events: readonly LedgerEvent[]
}

/**
 * @param folder Where the built page of the devtools is.
 * @throws ConfigurationError where it is not built, or was built in a way that is not known here.
 */
export async function runPage({ name, title, events }: RunPage, folder: string): Promise<string> {
  const files = await pageFiles(folder)
  const index = await textOf(files, '/index.html')
  const [script, style] = [await linked(files, index, scriptTag), await linked(files, index, styleTag)]
  const code = safeScript(script.text.replace(/\n?\/\/# sourceMappingURL=.*\s*$/, ''))
  const css = style.text.replaceAll('</', '<\\/')
  // Nothing is loaded and nothing is sent: the page may run what is in it, and that is all.
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(code)}`,
    `style-src ${hashOf(css)}`,
    'img-src data: blob:',
    "base-uri 'none'",
    "form-action 'none'"
  ].join('; ')
  const ledger = safeJson({ stream: name, events })
  // In functions, since a `$` of the code means something in a text to put in.
  return index
    .replace(policyTag, () => `<meta http-equiv="Content-Security-Policy" content="${policy}" />`)
    .replace(/<title>[^<]*<\/title>/, () => `<title>${escaped(title)}</title>`)
    .replace(styleTag, () => `<style>${css}</style>`)
    .replace(scriptTag, '')
    .replace(
      '</body>',
      () =>
        `<script type="application/json" id="daybook-ledger">${ledger}</script>\n<script type="module">${code}</script>\n</body>`
    )
}

const policyTag = /<meta\s+http-equiv="Content-Security-Policy"[^>]*>/
const scriptTag = /<script type="module"[^>]*\ssrc="\.(\/[^"]+)"[^>]*><\/script>/
const styleTag = /<link rel="stylesheet"[^>]*\shref="\.(\/[^"]+)"[^>]*>/

async function linked(
  files: ReadonlyMap<string, PageFile>,
  index: string,
  tag: RegExp
): Promise<{ readonly text: string }> {
  const path = tag.exec(index)?.[1]
  if (path === undefined || !policyTag.test(index)) throw unknownPage()
  return { text: await textOf(files, path) }
}

async function textOf(files: ReadonlyMap<string, PageFile>, path: string): Promise<string> {
  const file = files.get(path)
  if (!file) throw unknownPage()
  return readFile(file.path, 'utf8')
}

function unknownPage(): Error {
  return new ConfigurationError('The built page of the devtools cannot be put into one file: run npm run build.')
}

/** JSON in which no `<` is left, so that nothing in it ends or opens a tag. */
function safeJson(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c')
}

/** Code in which nothing ends its own tag, or makes the parser wait for another one. */
function safeScript(code: string): string {
  return code.replace(/<(?=\/script|script|!--)/gi, '\\x3C')
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}
