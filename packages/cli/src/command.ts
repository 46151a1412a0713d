/** A command is data: one row, from which the parsing and the help are made. */
import type { Warning } from 'daybook'
import type { Io } from './io.js'
import type { Paint } from './print/paint.js'

export interface Option {
  readonly type: 'string' | 'boolean'
  readonly short?: string
  /** May be given more than once: see {@link Args.texts}. */
  readonly multiple?: boolean
  /** What stands for the value in the help. */
  readonly value?: string
  readonly summary: string
}

export interface Command {
  readonly name: string
  /** What follows the name. */
  readonly usage: string
  readonly summary: string
  /** What the command's own help says beyond the summary, a paragraph each. */
  readonly notes?: readonly string[]
  readonly options: Readonly<Record<string, Option>>
  /** How many positional arguments it takes, least and most. */
  readonly takes: readonly [number, number]
  /** Resolves with the exit code. */
  run(args: Args, context: Context): Promise<number>
}

export interface Args {
  readonly positionals: readonly string[]
  text(name: string): string | undefined
  /** All values of an option that may be given more than once. */
  texts(name: string): readonly string[]
  flag(name: string): boolean
}

export interface Context {
  readonly io: Io
  readonly paint: Paint
  /** Characters in a line, 60 to 100. */
  readonly width: number
  /** The folder of ledgers and cache: absolute, and as it is shown. */
  readonly dir: string
  readonly shownDir: string
  readonly json: boolean
  /** Prints a line to stdout. */
  print(line?: string): void
  /** Prints one line to stderr about what was survived; a damaged ledger or a cache that cannot write makes the exit code 1. */
  warn(warning: Warning): void
  /**
   * Keeps warnings back until the returned function prints them: not in the middle of a run, and one line for each area,
   * since a ledger that lost its last line is also shorter than it was. All of them with `--verbose`.
   */
  hold(): (ledger?: string) => void
  /** Prints one line to stderr about what failed, and the stack where it is asked for. Returns exit code 1. */
  fail(thrown: unknown, ledger?: string): 1
}
