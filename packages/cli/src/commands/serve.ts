/** Serves the devtools until somebody ends it. */
import type { Verification } from 'daybook'
import { ConfigurationError } from 'daybook/errors'
import type { Context } from '../command.js'
import type { Forks } from '../server/forking.js'
import { serveDevtools } from '../server/serve.js'
import type { Stores } from '../stores.js'
import { type VerifiedFile, verifyRun } from '../verify-run.js'

export interface Served {
  readonly stores: Stores
  /** The run that the page opens. */
  readonly run?: string | undefined
  readonly port?: number | undefined
  /** Left out: the page only shows. */
  readonly forks?: Forks | undefined
  /** Whether NODE_ENV=production is no reason to refuse. */
  readonly allowed: boolean
  /** Printed once the server answers: what stands above its address, and below. */
  readonly above?: readonly string[]
  readonly below?: readonly string[]
}

/** Resolves with the exit code once the signal has fired. */
export async function serve(
  { stores, run, port, forks, allowed, above = [], below = [] }: Served,
  context: Context
): Promise<number> {
  const { io, paint } = context
  if (io.env.NODE_ENV === 'production' && !allowed) {
    throw new ConfigurationError(
      'The devtools show all prompts and answers, so they are not served with NODE_ENV=production: pass --allow-production.',
      { code: 'production' }
    )
  }
  const server = await serveDevtools({
    store: stores.store,
    run,
    port,
    forks,
    verify: stores.onDisk ? name => verified(name, context) : undefined,
    page: io.page,
    warn: warning => context.warn(warning)
  })
  try {
    if (context.json) {
      context.print(JSON.stringify({ url: server.url, port: server.port }))
    } else {
      for (const line of above) context.print(line)
      context.print(`  ${paint('muted', 'Open       ')} ${paint('underline', server.url)}`)
      context.print(`  ${paint('muted', 'Access     ')} this machine only, ${forks ? 'forks allowed' : 'read only'}`)
      context.print()
      for (const line of below) context.print(line)
      context.print(paint('muted', '  Ctrl-C ends it'))
    }
    await aborted(io.signal)
    return 0
  } finally {
    await server.close()
  }
}

/** The first of its files that is not as it was written, else its own. */
async function verified(name: string, context: Context): Promise<Verification> {
  const files = await verifyRun(name, context)
  const { name: ledger, path: _path, ...verification } = (files.find(file => !file.ok) ?? files[0]) as VerifiedFile
  return { ...verification, ...(ledger === name ? {} : { ledger }) }
}

function aborted(signal: AbortSignal | undefined): Promise<void> {
  return new Promise(resolve => {
    if (signal?.aborted) resolve()
    else signal?.addEventListener('abort', () => resolve(), { once: true })
  })
}
