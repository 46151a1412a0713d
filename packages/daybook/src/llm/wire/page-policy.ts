/** What a page's Content-Security-Policy has to say about a request. */

interface Violation {
  readonly blockedURI: string
  readonly disposition: string
}

interface Page {
  addEventListener(type: string, listener: (event: Violation) => void): void
  removeEventListener(type: string, listener: (event: Violation) => void): void
}

/** Listens for a violation by requests to the origin of this address, in a page and in a worker of one. */
export function watchPolicy(url: string): {
  /** Asked after the request has failed: the event comes up to one task later. */
  forbade(): Promise<boolean>
  stop(): void
} {
  const page = globalThis as unknown as Page
  const origin = url.split('/', 3).join('/')
  let seen = false
  const listener = ({ blockedURI, disposition }: Violation): void => {
    seen ||= disposition === 'enforce' && `${blockedURI}/`.startsWith(`${origin}/`)
  }
  page.addEventListener('securitypolicyviolation', listener)
  return {
    async forbade() {
      if (!seen) await new Promise(resolve => setTimeout(resolve))
      return seen
    },
    stop: () => page.removeEventListener('securitypolicyviolation', listener)
  }
}
