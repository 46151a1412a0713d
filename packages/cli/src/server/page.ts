/** The built page of the devtools: a table of files, so that there is no path to escape with. */
import { readdir } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, extname, join, relative, sep } from 'node:path'
import { ConfigurationError } from 'daybook/errors'

export interface PageFile {
  readonly path: string
  readonly type: string
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.webmanifest': 'application/manifest+json',
  '.txt': 'text/plain; charset=utf-8'
}

/**
 * The page may load only what came with it, and connect to this server and, for a run inside the page with a key that
 * the person pasted, to the providers.
 */
export const contentSecurityPolicy: string = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "worker-src 'self' blob:",
  "img-src 'self' data: blob:",
  "connect-src 'self' https://openrouter.ai https://api.anthropic.com https://api.openai.com",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'"
].join('; ')

/** The folder that the package daybook-devtools is built into. */
export function pageFolder(): string {
  const require = createRequire(import.meta.url)
  return join(dirname(require.resolve('daybook-devtools/package.json')), 'dist-app')
}

/**
 * The files under the folder by their path in an address. Links are left out: they may lead elsewhere.
 * @throws ConfigurationError where the page is not built.
 */
export async function pageFiles(folder: string): Promise<ReadonlyMap<string, PageFile>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((cause: unknown) => {
    throw notBuilt(cause)
  })
  const files = new Map<string, PageFile>()
  for (const entry of entries) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    const type = types[extname(path).toLowerCase()] ?? 'application/octet-stream'
    files.set(`/${relative(folder, path).split(sep).join('/')}`, { path, type })
  }
  const index = files.get('/index.html')
  if (!index) throw notBuilt()
  return files.set('/', index)
}

function notBuilt(cause?: unknown): Error {
  return new ConfigurationError('The page of the devtools is not built: run npm run build.', {
    code: 'page_not_built',
    cause
  })
}

/** The path of an address, decoded once; undefined where it cannot be. */
export function pathOf(url: string): string | undefined {
  try {
    return decodeURIComponent(url.split(/[?#]/, 1)[0] ?? '')
  } catch {
    return undefined
  }
}
