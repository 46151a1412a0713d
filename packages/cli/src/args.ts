/** From words to a command and its arguments. Says what is wrong in a sentence that names the way out. */
import { parseArgs } from 'node:util'
import { InputError } from 'daybook/errors'
import type { Args, Command, Option } from './command.js'

export const everywhere: Readonly<Record<string, Option>> = {
  dir: { type: 'string', value: 'folder', summary: 'where ledgers and cache are (default .daybook)' },
  json: { type: 'boolean', summary: 'print one JSON object' },
  verbose: { type: 'boolean', summary: 'print the stack of a failure' },
  help: { type: 'boolean', short: 'h', summary: 'print this help' },
  version: { type: 'boolean', summary: 'print the version' }
}

/** @throws InputError for an unknown command or option, and for too few or too many arguments. */
export function parse(
  argv: readonly string[],
  commands: readonly Command[]
): { command: Command | undefined; args: Args } {
  const at = commandAt(argv)
  const name = at === undefined ? undefined : argv[at]
  const command = commands.find(candidate => candidate.name === name)
  if (name !== undefined && !command) {
    const names = commands.map(candidate => candidate.name).join(', ')
    throw new InputError(`There is no command "${name}": use one of ${names}, or --help.`)
  }
  const options = Object.fromEntries(
    Object.entries({ ...everywhere, ...command?.options }).map(([option, { type, short, multiple }]) => [
      option,
      { type, ...(short === undefined ? {} : { short }), ...(multiple === true ? { multiple } : {}) }
    ])
  )
  const rest = joined(
    argv.filter((_, index) => index !== at),
    options
  )
  const { values, positionals } = strictly(() =>
    parseArgs({ args: rest, options, allowPositionals: true, strict: true })
  )
  const args: Args = {
    positionals,
    text: option => (typeof values[option] === 'string' ? values[option] : undefined),
    texts(option) {
      const given = values[option]
      return Array.isArray(given) ? given.map(String) : []
    },
    flag: option => values[option] === true
  }
  if (command && !args.flag('help') && !args.flag('version')) checkCount(command, positionals)
  return { command, args }
}

/**
 * A number below 0 is nobody's option: behind one that takes a value it is this value, and elsewhere a word like any
 * other. Whoever reads it says what may stand there.
 */
function joined(words: readonly string[], options: Readonly<Record<string, { readonly type: string }>>): string[] {
  const made: string[] = []
  const apart: string[] = []
  const end = words.indexOf('--')
  words.forEach((word, index) => {
    const before = words[index - 1] ?? ''
    if (!/^-\d/.test(word) || (end >= 0 && index > end)) made.push(word)
    else if (before.startsWith('--') && options[before.slice(2)]?.type === 'string') {
      made[made.length - 1] = `${before}=${word}`
    } else apart.push(word)
  })
  return apart.length === 0 ? made : [...made, ...(end >= 0 ? [] : ['--']), ...apart]
}

/** Options with a value that may stand before the command. */
function commandAt(argv: readonly string[]): number | undefined {
  for (let index = 0; index < argv.length; index++) {
    const word = argv[index] ?? ''
    if (word === '--dir') index++
    else if (!word.startsWith('-')) return index
  }
  return undefined
}

function checkCount({ name, usage, takes: [least, most] }: Command, positionals: readonly string[]): void {
  const form = `daybook ${name} ${usage}`.trim()
  if (positionals.length < least) throw new InputError(`${name} needs more than this: ${form}`)
  if (positionals.length > most) {
    throw new InputError(`${name} does not take "${positionals[most]}": ${form} (quote a text with spaces)`)
  }
}

function strictly<T>(work: () => T): T {
  try {
    return work()
  } catch (cause) {
    // "Unknown option '--x'. To specify a positional argument …": the first sentence says it.
    const [message = ''] = String((cause as Error).message).split(/\. |\n/)
    throw new InputError(`${message.replace(/\.$/, '')}. See daybook --help.`, { cause })
  }
}

/** A whole number of at least 0, or undefined where the option is absent. */
export function wholeNumber(args: Args, option: string, most: number): number | undefined {
  const text = args.text(option)
  if (text === undefined) return undefined
  const value = Number(text)
  if (!/^\d+$/.test(text) || value > most) throw new InputError(`--${option} takes a whole number from 0 to ${most}.`)
  return value
}

/** A number above 0, or undefined where the option is absent. */
export function amount(args: Args, option: string): number | undefined {
  const text = args.text(option)
  if (text === undefined) return undefined
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value) || value <= 0) {
    throw new InputError(`--${option} takes an amount above 0, such as 0.25.`)
  }
  return value
}
