// A server of a few files on a port of its own, for pages that are not ours: a host page that embeds the panel.
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'

const types: Record<string, string> = {
  '.css': 'text/css',
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.json': 'application/json'
}

/** The path of a file of the project, from the top. */
export const project = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))

export interface Served {
  /** `http://127.0.0.1:<port>`, without a slash. */
  readonly origin: string
  close(): Promise<void>
}

/** Serves texts (those that begin with `<`, as pages) and files (by their absolute path) at the paths given. */
export async function serve(files: Readonly<Record<string, string>>): Promise<Served> {
  const server = createServer(async (request, response) => {
    const found = files[new URL(request.url ?? '/', 'http://localhost').pathname]
    if (found === undefined) return response.writeHead(404).end()
    const page = found.trimStart().startsWith('<')
    const type = page ? 'text/html' : types[extname(found)]
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
