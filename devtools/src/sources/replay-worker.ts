/** How a worker for the replay is made: set by a page that has a file for it, left out where all is in one file. */
export const replayWorker: { make?: () => Worker } = {}

interface Policies {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): string }
}

/** A worker from the page's own address; where the page has Trusted Types, under a policy that allows this address only. */
export function workerAt(url: string): Worker {
  const own = new URL(url, document.baseURI)
  if (own.origin !== location.origin) throw new Error('A worker comes from the page’s own address.')
  const { trustedTypes } = globalThis as { trustedTypes?: Policies }
  const address = trustedTypes
    ? trustedTypes
        .createPolicy('daybook-replay', {
          createScriptURL(asked) {
            if (asked !== own.href) throw new TypeError('Only the replay’s own worker.')
            return asked
          }
        })
        .createScriptURL(own.href)
    : own.href
  return new Worker(address, { type: 'module' })
}
