/** The local server of the devtools: this machine only, one token per start, read only unless it may fork. */
import { randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import type { LedgerStore, Verification, Warning } from 'daybook'
import { ConfigurationError } from 'daybook/errors'
import { type Forks, isForkPath, sendFork } from './forking.js'
import { type Frames, frames } from './frames.js'
import { hasToken, refusal } from './guard.js'
import { contentSecurityPolicy, type PageFile, pageFiles, pageFolder, pathOf } from './page.js'
import { type Pace, streamEvents, streamLedgers } from './streams.js'

export interface ServeOptions {
  readonly store: LedgerStore
  /** 0 or left out: any free port. */
  readonly port?: number | undefined
  /** Left out: 128 random bits, new at each start. */
  readonly token?: string | undefined
  /** The ledger that the page opens. */
  readonly run?: string | undefined
  /** The folder of the built page; left out: that of the package daybook-devtools. */
  readonly page?: string | undefined
  /** Left out: nothing can be forked from the page. */
  readonly forks?: Forks | undefined
  /** Whether a ledger is as it was written; left out: nobody can say. */
  readonly verify?: ((ledger: string) => Promise<Verification>) | undefined
  readonly pace?: Partial<Pace> | undefined
  /** How long a client may take to send its request, in milliseconds. */
  readonly requestMs?: number | undefined
  readonly warn?: ((warning: Warning) => void) | undefined
}

export interface DevtoolsServer {
  /** With the token in the fragment, which no browser sends anywhere. */
  readonly url: string
  readonly port: number
  /** How many streams are open. */
  readonly readers: number
  close(): Promise<void>
}

const securityHeaders: Readonly<Record<string, string>> = {
  'Content-Security-Policy': contentSecurityPolicy,
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store'
}

/** @throws ConfigurationError where the page is not built or the port is taken. */
export async function serveDevtools(options: ServeOptions): Promise<DevtoolsServer> {
  const { store, token = randomBytes(16).toString('base64url'), requestMs = 10_000, forks, verify } = options
  const pace: Pace = { pingMs: 15_000, pollMs: 1_000, ...options.pace }
  const files = await pageFiles(options.page ?? pageFolder())
  const closing = new AbortController()
  const open = new Set<Frames>()
  let port = 0

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refused = refusal(request, port, isForkPath)
    if (refused) return refuse(response, refused.status, refused.text)
    const url = String(request.url)
    const path = pathOf(url)
    if (path === undefined) return refuse(response, 400, 'The address cannot be read.')
    if (path !== '/api' && !path.startsWith('/api/')) return sendFile(response, files.get(path))
    if (!hasToken(request, token))
      return refuse(response, 401, 'Open the address that daybook printed: it has the token.')
    const query = new URLSearchParams(url.slice(url.indexOf('?') + 1 || url.length))
    // A name from outside never reaches the store before the store has named it itself.
    const isKnown = async (ledger: string): Promise<boolean> => (await store.list()).some(({ name }) => name === ledger)
    switch (path) {
      case '/api/ledgers':
        return stream(response, to =>
          streamLedgers(store, to, pace, { fork: !!forks, verify: !!verify, kits: forks?.kits })
        )
      case '/api/events': {
        const ledger = query.get('ledger') ?? ''
        const from = query.get('from') ?? '0'
        if (!/^\d{1,15}$/.test(from)) return refuse(response, 400, 'from takes a whole number.')
        if (!(await isKnown(ledger))) return refuse(response, 404, 'There is no such ledger.')
        return stream(response, to => streamEvents(store, ledger, Number(from), to, pace))
      }
      case '/api/verify': {
        const ledger = query.get('ledger') ?? ''
        if (!verify || !(await isKnown(ledger))) return refuse(response, 404, 'There is no such ledger.')
        return sendJson(response, await verify(ledger))
      }
      case '/api/fork':
      case '/api/estimate': {
        if (request.method !== 'POST') return refuse(response, 405, 'A fork is sent with POST.')
        if (!forks) return refuse(response, 403, 'This process only shows its runs: start it with --allow-fork.')
        const outcome = await sendFork(forks, path, request, isKnown)
        if ('status' in outcome) return refuse(response, outcome.status, outcome.text)
        if ('json' in outcome) return sendJson(response, outcome.json)
        return stream(response, to => outcome.run(to, pace.pingMs))
      }
      default:
        return refuse(response, 404, 'There is nothing here.')
    }
  }

  async function stream(response: ServerResponse, body: (to: Frames) => Promise<void>): Promise<void> {
    const to = frames(response, closing.signal)
    open.add(to)
    try {
      await body(to)
    } finally {
      open.delete(to)
      to.end()
    }
  }

  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value)
    answer(request, response).catch((error: unknown) => {
      options.warn?.({ area: 'server', kind: 'request', message: `A request of the page failed: ${String(error)}` })
      if (response.headersSent) response.destroy()
      else refuse(response, 500, 'This could not be read: the terminal says why.')
    })
  }

  const make = (): Server => {
    const server = createServer(
      {
        maxHeaderSize: 8_192,
        requireHostHeader: false, // the guard refuses a request without one, with the right status
        headersTimeout: requestMs,
        requestTimeout: requestMs,
        connectionsCheckingInterval: Math.max(20, requestMs / 4)
      },
      handle
    )
    server.maxHeadersCount = 0 // bounded by their size: beyond a count, Node would drop them unseen
    server.maxConnections = 1_024
    return server
  }

  const servers = await listenTwice(make, options.port ?? 0)
  port = portOf(servers[0])
  const run = options.run === undefined ? '' : `&run=${encodeURIComponent(options.run).replaceAll('%3A', ':')}`

  return {
    url: `http://127.0.0.1:${port}/#t=${token}${run}`,
    port,
    get readers() {
      return open.size
    },
    async close() {
      closing.abort()
      await Promise.all(
        servers.map(server => {
          const closed = new Promise<void>(resolve => server.close(() => resolve()))
          server.closeAllConnections()
          return closed
        })
      )
    }
  }
}

function refuse(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    'Content-Type': 'text/plain; charset=utf-8',
    Connection: 'close', // what else was sent is not read
    ...(status === 405 ? { Allow: 'GET' } : {}),
    ...(status === 401 ? { 'WWW-Authenticate': 'Bearer' } : {})
  })
  response.end(`${text}\n`)
}

function sendJson(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'Content-Type': 'application/json; charset=utf-8' })
  response.end(JSON.stringify(value))
}

async function sendFile(response: ServerResponse, file: PageFile | undefined): Promise<void> {
  if (!file) return refuse(response, 404, 'There is nothing here.')
  response.setHeader('Content-Type', file.type)
  await pipeline(createReadStream(file.path), response)
}

/** Listens on both loopback addresses with one port, so that `localhost` is ours whichever of them it means. */
async function listenTwice(make: () => Server, wanted: number): Promise<[Server, ...Server[]]> {
  for (let attempt = 1; ; attempt++) {
    const four = make()
    try {
      await listen(four, '127.0.0.1', wanted)
    } catch (error) {
      throw cannotListen(error, wanted)
    }
    const six = make()
    try {
      await listen(six, '::1', portOf(four))
      return [four, six]
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT' || code === 'EINVAL') return [four] // no IPv6 here
      await new Promise(resolve => four.close(resolve))
      if (code !== 'EADDRINUSE' || wanted !== 0 || attempt === 10) throw cannotListen(error, wanted)
    }
  }
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port }, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

function portOf(server: Server): number {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

function cannotListen(cause: unknown, port: number): Error {
  const { code } = cause as NodeJS.ErrnoException
  const what =
    code === 'EADDRINUSE' ? `Port ${port} is taken` : `Port ${port} cannot be opened (${code ?? String(cause)})`
  return new ConfigurationError(`${what}: pass another one with --port, or none.`, { cause })
}
