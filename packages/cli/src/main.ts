/** The command, from its words to its exit code. */
import { resolve } from 'node:path'
import type { Warning } from 'daybook'
import { parse } from './args.js'
import type { Command, Context } from './command.js'
import { cache } from './commands/cache.js'
import { devtools } from './commands/devtools.js'
import { diff } from './commands/diff.js'
import { exporting } from './commands/export.js'
import { fork } from './commands/fork.js'
import { importing } from './commands/import.js'
import { replay } from './commands/replay.js'
import { resume } from './commands/resume.js'
import { run } from './commands/run.js'
import { list, remove, status } from './commands/runs.js'
import { start } from './commands/start.js'
import { traced } from './commands/trace.js'
import { verify } from './commands/verify.js'
import { withEnvFile } from './env-file.js'
import { failureLine, problemLine, stackOf, withoutKeys } from './failures.js'
import { help } from './help.js'
import { type Io, processIo } from './io.js'
import { painter } from './print/paint.js'
import { shown } from './stores.js'
import { version } from './version.js'

const commands: readonly Command[] = [
  ...[start, run, resume, fork],
  ...[list, status, devtools],
  ...[traced, diff, replay, verify],
  ...[exporting, importing, remove, cache]
]

/**
 * Runs the command and resolves with its exit code: 0; 1 when something failed, each with one line on stderr, or when
 * what was checked does not hold; 130 when it was interrupted. Never rejects.
 */
export async function main(argv: readonly string[], given?: Io): Promise<number> {
  const outer = given ?? processIo()
  const env = await withEnvFile(outer.env, outer.cwd)
  const io: Io = { ...outer, env }
  const paint = painter(io.isTTY, env)
  const width = Math.min(100, Math.max(60, io.columns ?? 100))
  const verbose = argv.includes('--verbose')
  const warned = new Set<string>()
  let survived = 0
  let held: Warning[] | undefined

  const say = (line: string): void => {
    io.stderr.write(`${withoutKeys(line, env)}\n`)
  }
  const fail = (thrown: unknown, ledger?: string): 1 => {
    say(failureLine(thrown, ledger))
    if (verbose) say(stackOf(thrown))
    return 1
  }

  const warn = ({ area, kind, message }: Warning, ledger?: string): void => {
    const once = `${area}/${kind}`
    if (warned.has(once)) return
    warned.add(once)
    // A call survives a full cache and a ledger its torn tail; whoever runs this in a script must hear of it.
    if (area === 'cache' || area === 'ledger') survived = 1
    say(problemLine(message, ledger))
  }

  try {
    const { command, args } = parse(argv, commands)
    if (args.flag('version')) {
      io.stdout.write(`${version()}\n`)
      return 0
    }
    if (!command || args.flag('help')) {
      io.stdout.write(`${help(commands, command, { paint, width }).join('\n')}\n`)
      return 0
    }
    const dir = resolve(io.cwd, args.text('dir') ?? '.daybook')
    const context: Context = {
      io,
      paint,
      width,
      dir,
      shownDir: shown(io.cwd, dir),
      json: args.flag('json'),
      print: (line = '') => void io.stdout.write(`${line}\n`),
      hold() {
        const mine: Warning[] = []
        held = mine
        return ledger => {
          if (held === mine) held = undefined
          // Of one area the last one says most: what was done about it.
          const last = new Map(mine.map(warning => [warning.area, warning]))
          for (const warning of verbose ? mine : last.values()) warn(warning, ledger)
        }
      },
      warn: warning => (held ? void held.push(warning) : warn(warning)),
      fail
    }
    const code = await command.run(args, context)
    return code === 0 ? survived : code
  } catch (error) {
    return fail(error)
  }
}
