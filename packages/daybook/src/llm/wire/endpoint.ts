/** Where a base address leads, and whether it is safe to go there. */

export interface Place {
  /** Undefined where the address is none. */
  readonly url: URL | undefined
  /** Whether plain http will do. */
  readonly plain: boolean
  /** The address of a path below it, with the query of the base. */
  under(path: string): string
  readonly provider: string
  /** For targets and messages: without credentials, query and trailing slash. */
  readonly base_url: string
  readonly host: string
  /** A key for one address may go to another of the same origin. Undefined where the address is none. */
  readonly origin: string | undefined
  /** On this machine. */
  readonly local: boolean
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
export function placeOf(baseURL: string, { provider, fetch, allowHttp = [] }: PlaceOptions = {}): Place {
  const own = globalThis.location as { readonly href: string; readonly origin: string } | undefined
  let url: URL | undefined
  try {
    if (baseURL) url = new URL(baseURL, own?.href)
  } catch {
    // said below
  }
  const { host = '', hostname = '', origin } = url ?? {}
  const [, com, ai] = named.exec(host) ?? []
  const address = url ? origin + url.pathname.replace(/\/+$/, '') : ''
  const local = loopback.test(hostname)
  // A simulated answer must never be found under the key of a real one.
  const mark = (fetch as { simulated?: unknown } | undefined)?.simulated === true && url ? 'simulated+' : ''
  return {
    under: path => (url ? address + path + url.search : ''),
    provider: provider ?? com ?? ai ?? 'custom',
    base_url: mark + address,
    host,
    origin,
    local,
    url,
    plain: local || origin === own?.origin || allowHttp.includes(hostname) || allowHttp.includes(host)
  }
}
