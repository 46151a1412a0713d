/** Serves the devtools until somebody ends it. */
import { ConfigurationError } from 'daybook/errors'
import type { Context } from '../command.js'
import { serveDevtools } from '../server/serve.js'
import type { Stores } from '../stores.js'

export interface Served {
  readonly stores: Stores
  /** The run that the page opens. */
  readonly run?: string | undefined
  readonly port?: number | undefined
  /** Whether NODE_ENV=production is no reason to refuse. */
  readonly allowed: boolean
  /** Printed once the server answers: what stands above its address, and below. */
  readonly above?: readonly string[]
  readonly below?: readonly string[]
}

/** Resolves with the exit code once the signal has fired. */
export async function serve(
  { stores, run, port, allowed, above = [], below = [] }: Served,
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
    page: io.page,
    warn: warning => context.warn(warning)
  })
  try {
    if (context.json) {
      context.print(JSON.stringify({ url: server.url, port: server.port }))
    } else {
      for (const line of above) context.print(line)
      context.print(`  ${paint('muted', 'Open       ')} ${paint('underline', server.url)}`)
      context.print(`  ${paint('muted', 'Access     ')} this machine only, read only`)
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

function aborted(signal: AbortSignal | undefined): Promise<void> {
  return new Promise(resolve => {
    if (signal?.aborted) resolve()
    else signal?.addEventListener('abort', () => resolve(), { once: true })
  })
}
