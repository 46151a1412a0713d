/** `daybook resume`: goes on with a run that was stopped. */

import { InputError } from 'daybook/errors'
import { amount } from '../args.js'
import type { Command, Option } from '../command.js'
import { openRun } from '../open-run.js'
import { chooseProvider } from '../providers.js'
import { openStores } from '../stores.js'
import { followRun } from './follow-run.js'
import { kitOfRun } from './kit-of-run.js'

/** Of the commands that ask a provider for the rest of a run. */
export const askingOptions: Readonly<Record<string, Option>> = {
  kit: { type: 'string', value: 'kit', summary: 'the kit of the run, where it is not one of the included ones' },
  'budget-usd': {
    type: 'string',
    value: 'amount',
    summary: 'what the run may spend at most, in all (default: what it began with)'
  },
  simulate: { type: 'boolean', summary: 'let the simulated provider answer: no key, no network' }
}

export const resume: Command = {
  name: 'resume',
  usage: '<run>',
  summary: 'go on with a run that was stopped; what was answered is not asked again',
  takes: [1, 1],
  options: askingOptions,
  async run(args, context) {
    const budgetUsd = amount(args, 'budget-usd')
    const stores = await openStores(context)
    try {
      const [given = ''] = args.positionals
      const run = await openRun(stores, given, context)
      if (run.demo)
        throw new InputError('The demo is complete: there is nothing to resume. daybook list shows the runs.')
      const { kit, loaded } = await kitOfRun(run, args.text('kit'), context)
      const provider = await chooseProvider({ ...context.io, model: loaded.model, simulate: args.flag('simulate') })
      const followed = {
        name: run.name,
        title: `${kit.name} ${kit.version}, ${run.name.startsWith('run:') ? 'run ' : ''}${run.short}, from event ${run.length} on`,
        goal: loaded.goal,
        provider,
        budgetUsd,
        known: run.length
      }
      const outcome = await followRun(
        { ...followed, start: (daybook, options) => daybook.resume(run.name, { kit, ...options }) },
        stores,
        context
      )
      return outcome.code
    } finally {
      await stores.close()
    }
  }
}
