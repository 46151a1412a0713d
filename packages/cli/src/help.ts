/** The help, made of the table of commands. */
import { everywhere } from './args.js'
import type { Command, Option } from './command.js'
import { wrapped } from './print/format.js'
import type { Paint } from './print/paint.js'
import { version } from './version.js'

export interface HelpOptions {
  readonly paint: Paint
  /** Characters in a line. */
  readonly width: number
}

export function help(
  commands: readonly Command[],
  command: Command | undefined,
  { paint, width }: HelpOptions
): string[] {
  const paragraph = (text: string): string[] => wrapped(text, width - 2).map(line => `  ${line}`)
  if (command) {
    const { name, usage, summary, notes = [], options } = command
    return [
      paint('bold', `daybook ${name} ${usage}`.trimEnd()),
      '',
      ...[summary, ...notes].flatMap(text => [...paragraph(text), '']),
      ...terms(optionRows({ ...options, ...everywhere }), width)
    ]
  }
  return [
    ...wrapped(`daybook ${version()}: run kits, look at what happened, and change one thing about it`, width),
    '',
    ...terms(
      commands.map(({ name, usage, summary }) => [`${name} ${usage}`.trimEnd(), summary]),
      width
    ),
    '',
    ...terms(optionRows(everywhere), width),
    '',
    ...wrapped(
      'A run is named by its id or the beginning of it; demo is a small run that is always there. daybook <command> --help prints the options of a command.',
      width
    ),
    '',
    ...wrapped(
      'Keys are read from OPENROUTER_API_KEY, ANTHROPIC_API_KEY or OPENAI_API_KEY, the first that is set, also in .env.',
      width
    )
  ]
}

function optionRows(options: Readonly<Record<string, Option>>): [string, string][] {
  return Object.entries(options).map(([name, { value, summary }]) => [
    `--${name}${value === undefined ? '' : ` <${value}>`}`,
    summary
  ])
}

/** What a word means, beside it: the meanings begin in one column and are broken within it. */
function terms(rows: readonly (readonly [string, string])[], width: number): string[] {
  const widest = Math.max(0, ...rows.map(([term]) => term.length))
  return rows.flatMap(([term, meaning]) =>
    wrapped(meaning, width - widest - 4).map((line, index) =>
      `  ${(index === 0 ? term : '').padEnd(widest)}  ${line}`.trimEnd()
    )
  )
}
