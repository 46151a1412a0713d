/**
 * Who may ask this server anything. It shows prompts and answers to whoever can read it, so a page of another origin, a
 * name that was rebound to this machine, and another program without the token all get nothing.
 */
import { createHash, timingSafeEqual } from 'node:crypto'

export interface Asked {
  readonly method?: string | undefined
  readonly url?: string | undefined
  /** Names and values in turn, as they came. */
  readonly rawHeaders: readonly string[]
}

export interface Refusal {
  readonly status: 400 | 401 | 403 | 405 | 411 | 413 | 415
  readonly text: string
}

/** The longest body that is read, in bytes: an edited request with a long dialog in it. */
export const maxBody = 4_000_000

/**
 * The refusal that a request gets on every route, or undefined. `port` is the one that we listen on; `posts` says where
 * something may be sent to.
 */
export function refusal(
  request: Asked,
  port: number,
  posts: (url: string) => boolean = () => false
): Refusal | undefined {
  const hosts = valuesOf(request, 'host')
  const host = hosts[0]?.toLowerCase()
  // One Host, and one that is this machine's own: a rebound name arrives here with its own name in it.
  if (hosts.length !== 1 || host === undefined || !isOwnHost(host, port)) {
    return { status: 403, text: 'Only the names of this machine are answered.' }
  }
  const origins = valuesOf(request, 'origin')
  if (origins.length > 1 || (origins.length === 1 && origins[0] !== `http://${host}`)) {
    return { status: 403, text: 'Pages of other origins are not answered.' }
  }
  const site = valuesOf(request, 'sec-fetch-site').at(-1)
  const navigating = valuesOf(request, 'sec-fetch-mode').at(-1) === 'navigate'
  if (site !== undefined && site !== 'same-origin' && site !== 'none' && !(site === 'same-site' && navigating)) {
    return { status: 403, text: 'Pages of other sites are not answered.' }
  }
  if (request.method === 'POST' && posts(String(request.url))) return bodyRefusal(request)
  if (request.method !== 'GET') return { status: 405, text: 'This server can only be read: use GET.' }
  if (valuesOf(request, 'transfer-encoding').length > 0 || valuesOf(request, 'content-length').some(n => n !== '0')) {
    return { status: 413, text: 'A body is not read.' }
  }
  if (!request.url?.startsWith('/')) return { status: 400, text: 'The address must be a path.' }
  return undefined
}

/** JSON only: what a page of another origin can send without asking first is never that. */
function bodyRefusal(request: Asked): Refusal | undefined {
  const types = valuesOf(request, 'content-type')
  if (types.length !== 1 || !/^application\/json\s*(;|$)/i.test(String(types[0]))) {
    return { status: 415, text: 'Send JSON, and say so: Content-Type: application/json.' }
  }
  const lengths = valuesOf(request, 'content-length')
  if (
    lengths.length !== 1 ||
    !/^\d{1,15}$/.test(String(lengths[0])) ||
    valuesOf(request, 'transfer-encoding').length > 0
  ) {
    return { status: 411, text: 'Say how long the body is: Content-Length.' }
  }
  if (Number(lengths[0]) > maxBody) return { status: 413, text: `A body has at most ${maxBody / 1e6} MB.` }
  return undefined
}

function isOwnHost(host: string, port: number): boolean {
  const names = ['127.0.0.1', 'localhost', '[::1]']
  return names.some(name => host === `${name}:${port}` || (port === 80 && host === name))
}

/** Whether the request carries the token, which travels in a header only: an address ends up in histories and logs. */
export function hasToken(request: Asked, token: string): boolean {
  const values = valuesOf(request, 'authorization')
  return sameSecret(values.length === 1 ? String(values[0]) : '', `Bearer ${token}`)
}

/** Takes as long for any other text: neither how much of it is right nor its length can be measured. */
function sameSecret(given: string, expected: string): boolean {
  const [a, b] = [given, expected].map(text => createHash('sha256').update(text).digest()) as [Buffer, Buffer]
  return timingSafeEqual(a, b)
}

/** All values of a header. Node's own `headers` keeps the first of two Hosts and drops the second. */
function valuesOf({ rawHeaders }: Asked, name: string): string[] {
  const values: string[] = []
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    if (rawHeaders[i]?.toLowerCase() === name) values.push(rawHeaders[i + 1] ?? '')
  }
  return values
}
