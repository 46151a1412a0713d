// A server of a few files on a port of its own, for pages that are not ours: a host page that embeds the panel.
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const types: Record<string, string> = {
  '.css': 'text/css',
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.json': 'application/json'
}

/** The path of a file of the project, from the top. */
export const project = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))

/** All files of a folder (of the project, or by its absolute path) with one of these endings, at a path of the server. */
export function folder(path: string, from: string, endings: readonly string[] = ['.js']): Record<string, string> {
  const top = resolve(project('.'), from)
  const names = readdirSync(top, { recursive: true, encoding: 'utf8' }).filter(name => endings.includes(extname(name)))
  return Object.fromEntries(names.map(name => [`${path}/${name}`, resolve(top, name)]))
}

export interface Served {
  /** `http://127.0.0.1:<port>`, without a slash. */
  readonly origin: string
  close(): Promise<void>
}

/** Serves texts (those that begin with `<`, as pages) and files (by their absolute path) at the paths given. */
export async function serve(
  files: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {}
): Promise<Served> {
  const server = createServer(async (request, response) => {
    const found = files[new URL(request.url ?? '/', 'http://localhost').pathname]
    if (found === undefined) return response.writeHead(404).end()
    const page = found.trimStart().startsWith('<')
    const type = page ? 'text/html' : types[extname(found)]
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
    response.setHeader('content-type', `${type ?? 'application/octet-stream'}; charset=utf-8`)
    try {
      response.end(page ? found : await readFile(found))
    } catch (error) {
      response.writeHead(500).end(String(error))
    }
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    }
  }
}
