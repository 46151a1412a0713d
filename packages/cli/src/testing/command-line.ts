/** The command as a person runs it, in a folder of its own, without a terminal, a key or a network. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { simulatedFetch } from 'daybook/testing'
import type { Io } from '../io.js'
import { main } from '../main.js'
import { output } from './hand-made.js'

export interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface CommandLine {
  /** The working folder. */
  readonly cwd: string
  run(argv: readonly string[], io?: Partial<Io>): Promise<Ended>
  /** With `--json`: what was printed, read again. */
  // biome-ignore lint/suspicious/noExplicitAny: a test looks at it by name
  json(argv: readonly string[], io?: Partial<Io>): Promise<any>
  /** A path in the working folder. */
  at(...path: readonly string[]): string
  remove(): Promise<void>
}

/** The ledger that the demo is made of. */
export const demoFile: string = fileURLToPath(new URL('../demo.jsonl', import.meta.url))

export const instant: typeof fetch = simulatedFetch({ speed: Number.POSITIVE_INFINITY })

export async function commandLine(): Promise<CommandLine> {
  const cwd = await mkdtemp(join(tmpdir(), 'daybook-command-'))
  const run = async (argv: readonly string[], io: Partial<Io> = {}): Promise<Ended> => {
    const seen = output()
    const code = await main(argv, { ...seen.io, env: {}, cwd, isTTY: false, columns: 80, fetch: instant, ...io })
    // That the price table has grown old is no news for a test.
    return { code, stdout: seen.stdout(), stderr: seen.stderr().replace(/^daybook: The prices are .*\n/gm, '') }
  }
  return {
    cwd,
    run,
    async json(argv, io) {
      const { stdout } = await run([...argv, '--json'], io)
      if (stdout.split('\n').length !== 2) throw new Error(`One line of JSON was expected, not: ${stdout}`)
      return JSON.parse(stdout)
    },
    at: (...path) => join(cwd, ...path),
    remove: () => rm(cwd, { recursive: true, force: true })
  }
}
