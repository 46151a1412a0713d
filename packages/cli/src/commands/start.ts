/** `daybook start`: a first run on a sample goal, then the devtools with that run open. */
import { DaybookError } from 'daybook/errors'
import { amount, wholeNumber } from '../args.js'
import type { Command } from '../command.js'
import { keyNames } from '../failures.js'
import { loadKit } from '../kit.js'
import { chooseProvider } from '../providers.js'
import { openStores } from '../stores.js'
import { runGoal } from './run-goal.js'
import { serve } from './serve.js'

const sampleGoal = 'Should a small city replace its diesel buses with electric ones by 2030?'

export const start: Command = {
  name: 'start',
  usage: '[--goal "…"]',
  summary: 'run the research kit on a sample goal, then show the run in the devtools',
  takes: [0, 0],
  options: {
    goal: { type: 'string', value: 'text', summary: 'what the run is about' },
    kit: { type: 'string', value: 'name', summary: 'another kit than research' },
    model: { type: 'string', value: 'name', summary: 'the model to ask, as its provider names it' },
    'budget-usd': { type: 'string', value: 'amount', summary: 'what the run may spend at most (default 10)' },
    simulate: { type: 'boolean', summary: 'let the simulated provider answer although a key is set' },
    once: { type: 'boolean', summary: 'end after the run' },
    port: { type: 'string', value: 'number', summary: 'where to serve the devtools (default: any free port)' },
    'allow-production': { type: 'boolean', summary: 'serve the devtools with NODE_ENV=production too' }
  },
  async run(args, context) {
    const { io } = context
    const budgetUsd = amount(args, 'budget-usd')
    const port = wholeNumber(args, 'port', 65_535)
    const kit = await loadKit(args.text('kit') ?? 'research', io.cwd)
    const keyless = !keyNames.some(name => io.env[name])
    const chosen = await chooseProvider({
      ...io,
      model: args.text('model'),
      simulate: keyless || args.flag('simulate')
    })
    // Never in silence: an answer that was made up here says so.
    const provider = keyless ? { ...chosen, name: `${chosen.name} (no key is set)` } : chosen
    const stores = await openStores(context)
    try {
      const { code, name } = await runGoal(
        { kit, goal: args.text('goal') ?? sampleGoal, provider, budgetUsd },
        stores,
        context
      )
      if (args.flag('once') || io.signal?.aborted) return code
      const allowed = args.flag('allow-production')
      const served = await serve({ stores, run: name, port, allowed }, context).catch((error: unknown) => {
        // The run is done and printed: that it cannot be shown as well is news, not a failure.
        if (!(error instanceof DaybookError && (error.code === 'page_not_built' || error.code === 'production')))
          throw error
        if (!context.json) context.print(`  ${error.message}`)
        return 0
      })
      return Math.max(code, served)
    } finally {
      await stores.close()
    }
  }
}
