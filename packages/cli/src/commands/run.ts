/** `daybook run`: one run of a kit. */
import { InputError } from 'daybook/errors'
import { amount } from '../args.js'
import type { Command } from '../command.js'
import { loadKit } from '../kit.js'
import { chooseProvider } from '../providers.js'
import { openStores } from '../stores.js'
import { runGoal } from './run-goal.js'

export const run: Command = {
  name: 'run',
  usage: '<kit> --goal "…"',
  summary: 'run a kit: research, diligence, or a module such as ./my-kit.mjs',
  takes: [1, 1],
  options: {
    goal: { type: 'string', value: 'text', summary: 'what the run is about' },
    model: { type: 'string', value: 'name', summary: 'the model to ask, as its provider names it' },
    'budget-usd': { type: 'string', value: 'amount', summary: 'what the run may spend at most (default 10)' },
    simulate: { type: 'boolean', summary: 'let the simulated provider answer: no key, no network' }
  },
  async run(args, context) {
    const goal = args.text('goal')
    if (goal === undefined) throw new InputError('run needs a goal: pass --goal "a question".')
    const { io } = context
    const budgetUsd = amount(args, 'budget-usd')
    const kit = await loadKit(args.positionals[0] ?? '', io.cwd)
    const provider = await chooseProvider({ ...io, model: args.text('model'), simulate: args.flag('simulate') })
    const stores = await openStores(context)
    try {
      return (await runGoal({ kit, goal, provider, budgetUsd }, stores, context)).code
    } finally {
      await stores.close()
    }
  }
}
