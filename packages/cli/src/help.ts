/** The help, made of the table of commands. */
import { everywhere } from './args.js'
import type { Command, Option } from './command.js'
import { columns } from './print/format.js'
import type { Paint } from './print/paint.js'
import { version } from './version.js'

export function help(commands: readonly Command[], command: Command | undefined, paint: Paint): string[] {
  if (command) {
    return [
      `daybook ${command.name} ${command.usage}`.trimEnd(),
      '',
      `  ${command.summary}`,
      '',
      ...optionLines({ ...command.options, ...everywhere })
    ]
  }
  return [
    `${paint('bold', 'daybook')} ${version()}: run kits, look at runs, show them in the devtools`,
    '',
    ...columns(commands.map(({ name, usage, summary }) => [`  ${name} ${usage}`, summary])),
    '',
    ...optionLines(everywhere),
    '',
    'Keys are read from OPENROUTER_API_KEY, ANTHROPIC_API_KEY or OPENAI_API_KEY, the first that is set, also in .env.',
    'daybook <command> --help prints the options of a command.'
  ]
}

function optionLines(options: Readonly<Record<string, Option>>): string[] {
  return columns(
    Object.entries(options).map(([name, { value, summary }]) => [
      `  --${name}${value === undefined ? '' : ` <${value}>`}`,
      summary
    ])
  )
}
