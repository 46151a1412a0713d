// The `test` of all page tests. A test fails when its page asks for anything that is not on this machine, when a script
// of the page fails, and when the console shows an error: none of the three should need a test of its own.
import { type BrowserContext, test as base, expect } from '@playwright/test'
import { isLoopback, noteSeparately, takeNotes } from '../../packages/tools/loopback-only.mjs'

export interface PageTestOptions {
  /** Errors that belong to the test: `test.use({ allowedErrors: [/refused/] })`. */
  readonly allowedErrors: readonly RegExp[]
}

interface Watched {
  /** Fails the test when something went wrong that it did not look at. Runs by itself. */
  readonly watched: undefined
}

const remote = (url: URL): boolean => /^(https?|wss?):$/.test(url.protocol) && !isLoopback(url.hostname)

export const test = base.extend<PageTestOptions & Watched, { readonly confined: undefined }>({
  allowedErrors: [[], { option: true }],

  // What the test's own process attempts, and the servers and commands that it starts.
  confined: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads what a fixture needs from its first parameter
    async ({}, use) => {
      noteSeparately()
      await use(undefined)
    },
    { scope: 'worker', auto: true }
  ],

  watched: [
    async ({ context, allowedErrors }, use) => {
      const faults: string[] = []
      const note = (fault: string): void => {
        if (!allowedErrors.some(allowed => allowed.test(fault))) faults.push(fault)
      }
      await watch(context, note)
      await use(undefined)
      const left = [...faults, ...takeNotes().map(attempt => `left this machine: ${attempt}`)]
      expect(left, 'what went wrong while the test ran').toEqual([])
    },
    { auto: true }
  ]
})

export { expect }

/** Tells of everything in all pages of a context that no test should have to expect. */
export async function watch(context: BrowserContext, note: (fault: string) => void): Promise<void> {
  await context.route(remote, async route => {
    note(`left this machine: ${route.request().url()}`)
    await route.abort('blockedbyclient')
  })
  await context.routeWebSocket(remote, async socket => {
    note(`left this machine: ${socket.url()}`)
    await socket.close()
  })
  context.on('weberror', thrown => {
    const error = thrown.error()
    // An error of a class of its own may come without a stack.
    note(`script error: ${error.stack || `${error.name}: ${error.message}`}`)
  })
  context.on('console', message => {
    if (message.type() === 'error') note(`console error: ${message.text()} (${message.location().url})`)
  })
}
