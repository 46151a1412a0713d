import { expect, test } from 'vitest'
import { amount, parse, wholeNumber } from './args.js'
import type { Command } from './command.js'

const commands: Command[] = [
  {
    name: 'run',
    usage: '<kit>',
    summary: 'runs',
    takes: [1, 1],
    options: { goal: { type: 'string', summary: '' }, simulate: { type: 'boolean', summary: '' } },
    run: async () => 0
  }
]

test('options may stand anywhere, and a goal may look like anything', () => {
  const { command, args } = parse(['--dir', 'x', 'run', 'research', '--goal=--why?', '--simulate', '--json'], commands)
  expect(command?.name).toBe('run')
  expect(args.positionals).toEqual(['research'])
  expect([args.text('dir'), args.text('goal'), args.flag('simulate'), args.flag('json'), args.flag('verbose')]).toEqual(
    ['x', '--why?', true, true, false]
  )
})

test('what is wrong is said in a sentence that names the way out', () => {
  const faults: [string[], string][] = [
    [['fly'], 'There is no command "fly": use one of run, or --help.'],
    [['run', 'research', '--gaol', 'x'], "Unknown option '--gaol'. See daybook --help."],
    [['run', 'research', '--goal'], "Option '--goal <value>' argument missing. See daybook --help."],
    [['run'], 'run needs more than this: daybook run <kit>'],
    [['run', 'research', 'Why', 'not?'], 'run does not take "Why": daybook run <kit> (quote a text with spaces)']
  ]
  for (const [argv, message] of faults) expect(() => parse(argv, commands)).toThrow(message)
})

test('help and version need no command, and no arguments', () => {
  expect(parse(['--version'], commands).command).toBeUndefined()
  expect(parse(['run', '-h'], commands).args.flag('help')).toBe(true)
})

test('numbers are checked', () => {
  const given = (text: string) => ({ positionals: [], text: () => text, texts: () => [], flag: () => false })
  expect(wholeNumber(given('4711'), 'port', 65_535)).toBe(4711)
  for (const text of ['-1', '1.5', 'x', '', '70000']) {
    expect(() => wholeNumber(given(text), 'port', 65_535), text).toThrow('--port takes a whole number from 0 to 65535.')
  }
  expect(amount(given('0.25'), 'budget-usd')).toBe(0.25)
  for (const text of ['0', '-1', 'x', '', 'NaN', 'Infinity']) {
    expect(() => amount(given(text), 'budget-usd'), text).toThrow('--budget-usd takes an amount above 0')
  }
})
