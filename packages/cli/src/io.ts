/** What the command may do to the world around it; tests pass their own. */
import type { CacheStore, LedgerStore } from 'daybook'
import type { Env } from './env-file.js'

export interface Io {
  readonly stdout: { write(text: string): unknown }
  readonly stderr: { write(text: string): unknown }
  readonly env: Env
  /** The working folder: `.env`, the ledgers and paths on the command line are relative to it. */
  readonly cwd: string
  /** Whether a person looks at stdout: colours and a progress line. */
  readonly isTTY: boolean
  /** The width of the terminal in characters. */
  readonly columns?: number | undefined
  /** Ends what is running: a run, or the server. */
  readonly signal?: AbortSignal | undefined
  /**
   * Answers for every provider, the simulated one too. Left out: the platform's. Addresses come from the program alone,
   * so this is how a test puts itself in a provider's place.
   */
  readonly fetch?: typeof fetch | undefined
  /** Loads Anthropic's SDK; resolves with undefined where it is not installed. */
  readonly anthropicSdk?: (() => Promise<unknown>) | undefined
  /** In place of the files in the folder. */
  readonly store?: LedgerStore | undefined
  readonly cache?: CacheStore | undefined
  /** The folder with the built page of the devtools; left out: that of the package daybook-devtools. */
  readonly page?: string | undefined
}

/** This process. The first Ctrl-C asks for an orderly end, the second one kills. */
export function processIo(): Io {
  const interrupted = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => interrupted.abort())
  // A reader that has seen enough (`daybook list | head`) is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0)
  })
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    cwd: process.cwd(),
    isTTY: process.stdout.isTTY === true,
    columns: process.stdout.columns,
    signal: interrupted.signal
  }
}
