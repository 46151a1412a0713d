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

/** The providers whose name is their host's. The others are named by whoever calls, with `provider`. */
const named =
  /^(?:(?:\w\w\.)?api\.)?(?:(openai|anthropic|groq|deepseek|deepinfra)\.com|(openrouter|mistral|cerebras|moonshot)\.ai)$/
const loopback = /^(?:localhost|.+\.localhost|127(?:\.\d+){3}|\[::1\])$/

export interface PlaceOptions {
  readonly provider?: string | undefined
  readonly fetch?: unknown
  readonly allowHttp?: readonly string[] | undefined
}

/** In a page an address may be relative: it is the page's own origin then. Never throws: the first call says what is wrong. */
export function placeOf(baseURL: string, { provider, fetch, allowHttp = [] }: PlaceOptions): Place {
  const url = urlOf(baseURL)
  const host = url?.host ?? ''
  const [, com, ai] = named.exec(host) ?? []
  const pathname = url?.pathname.replace(/\/+$/, '') ?? ''
  // A simulated answer must never be found under the key of a real one.
  const mark = (fetch as { simulated?: unknown } | undefined)?.simulated === true ? 'simulated+' : ''
  return {
    under: path => (url ? `${url.origin}${pathname}${path}${url.search}` : ''),
    provider: provider ?? com ?? ai ?? 'custom',
    base_url: url ? mark + url.origin + pathname : '',
    host,
    ...problemOf(url, allowHttp)
  }
}

/** Whether a key for the one address may go to the other. */
export function sameOrigin(one: string, other: string): boolean {
  const origin = urlOf(one)?.origin
  return origin !== undefined && origin === urlOf(other)?.origin
}

export function onThisMachine(baseURL: string): boolean {
  return loopback.test(urlOf(baseURL)?.hostname ?? '')
}

const page = (): Location | undefined => (globalThis as { readonly location?: Location }).location

interface Location {
  readonly href: string
  readonly origin: string
}

function urlOf(baseURL: string): URL | undefined {
  try {
    return baseURL ? new URL(baseURL, page()?.href) : undefined
  } catch {
    return undefined // said by problemOf
  }
}

function problemOf(url: URL | undefined, allowHttp: readonly string[]): { problem?: Error } {
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
      (loopback.test(hostname) ||
        origin === page()?.origin ||
        allowHttp.includes(hostname) ||
        allowHttp.includes(host)))
  return safe
    ? {}
    : wrong(`${host || 'The base address'} is not reached by https.`, 'Use https, or name the host in allowHttp.')
}
