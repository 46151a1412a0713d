/** Where a base address leads, and whether it is safe to go there. */
import { ConfigurationError } from '../../errors.js'

export interface Place {
  /** Why the address cannot be used. */
  readonly problem?: Error
  /** The address of a path below it, with the query of the base. */
  under(path: string): string
  readonly provider: string
  /** For targets and messages: without credentials, query and trailing slash. */
  readonly base_url: string
  readonly host: string
}

const providers: ReadonlyMap<string, string> = new Map([
  ['api.openai.com', 'openai'],
  ['api.anthropic.com', 'anthropic'],
  ['openrouter.ai', 'openrouter']
])

export interface PlaceOptions {
  readonly provider?: string | undefined
  readonly fetch?: unknown
  readonly allowHttp?: readonly string[] | undefined
}

/** In a page an address may be relative: it is the page's own origin then. Never throws: the first call says what is wrong. */
export function placeOf(baseURL: string, { provider, fetch, allowHttp = [] }: PlaceOptions): Place {
  const own = globalThis.location as { readonly href: string; readonly origin: string } | undefined
  let url: URL | undefined
  try {
    url = new URL(baseURL, own?.href)
  } catch {
    // said below
  }
  const host = url?.host ?? ''
  const pathname = url?.pathname.replace(/\/+$/, '') ?? ''
  // A simulated answer must never be found under the key of a real one.
  const mark = (fetch as { simulated?: unknown } | undefined)?.simulated === true ? 'simulated+' : ''
  return {
    under: path => (url ? `${url.origin}${pathname}${path}${url.search}` : ''),
    provider: provider ?? providers.get(host) ?? 'custom',
    base_url: url ? mark + url.origin + pathname : '',
    host,
    ...problemOf(url, own?.origin, allowHttp)
  }
}

function problemOf(url: URL | undefined, own: string | undefined, allowHttp: readonly string[]): { problem?: Error } {
  const wrong = (message: string, hint: string): { problem: Error } => ({
    problem: new ConfigurationError(message, { hint })
  })
  if (!url) return wrong('The base address is not a URL.', 'baseURL is such as https://api.openai.com/v1')
  if (url.username || url.password)
    return wrong('The base address holds a password.', 'Pass it as apiKey or in headers.')
  const { protocol, hostname, host, origin } = url
  const safe =
    protocol === 'https:' ||
    (protocol === 'http:' &&
      (/^(?:localhost|.+\.localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname) ||
        origin === own ||
        allowHttp.includes(hostname) ||
        allowHttp.includes(host)))
  return safe
    ? {}
    : wrong(`${host || 'The base address'} is not reached by https.`, 'Use https, or name the host in allowHttp.')
}
