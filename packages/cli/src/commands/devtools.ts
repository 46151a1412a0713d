/** `daybook devtools`: shows the runs of a folder in the devtools. */
import { isAbsolute, resolve } from 'node:path'
import { InputError } from 'daybook/errors'
import { amount, wholeNumber } from '../args.js'
import type { Command } from '../command.js'
import { forkHost } from '../fork-host.js'
import { loadKit } from '../kit.js'
import { bytes, plural } from '../print/format.js'
import { newestFirst, rowsOf, runLines } from '../runs.js'
import { openStores, shown } from '../stores.js'
import { version } from '../version.js'
import { serve } from './serve.js'

const listed = 10

export const devtools: Command = {
  name: 'devtools',
  usage: '[folder]',
  summary: 'show the runs of a folder (default .daybook) in the devtools',
  takes: [0, 1],
  options: {
    port: { type: 'string', value: 'number', summary: 'where to serve them (default: any free port)' },
    'allow-fork': {
      type: 'boolean',
      summary: 'let the page fork runs: this process then asks providers, with its keys'
    },
    kit: { type: 'string', multiple: true, value: 'kit', summary: 'with --allow-fork: a kit that is not included' },
    'budget-usd': {
      type: 'string',
      value: 'amount',
      summary: 'with --allow-fork: what a branch may spend (default 10)'
    },
    simulate: { type: 'boolean', summary: 'with --allow-fork: let the simulated provider answer' },
    'allow-production': { type: 'boolean', summary: 'serve them with NODE_ENV=production too' }
  },
  async run(args, given) {
    const [folder] = args.positionals
    const context = folder === undefined ? given : { ...given, ...folderOf(folder, given.io.cwd) }
    const { paint, width } = context
    const port = wholeNumber(args, 'port', 65_535)
    const forking = args.flag('allow-fork')
    const budgetUsd = amount(args, 'budget-usd')
    const kits = await Promise.all(args.texts('kit').map(name => loadKit(name, given.io.cwd)))
    const asked = kits.length > 0 || budgetUsd !== undefined || args.flag('simulate')
    if (asked && !forking) throw new InputError('--kit, --budget-usd and --simulate are about forks: add --allow-fork.')
    const stores = await openStores(context)
    try {
      const infos = await newestFirst(stores.store)
      const size = infos.reduce((sum, info) => sum + (info.bytes ?? 0), 0)
      const what = [context.shownDir, plural(infos.length, 'run'), bytes(size)].join(', ')
      const above = ['', `  ${paint('bold', 'Daybook')} ${paint('muted', `${version()}   ${what}`)}`, '']
      const runs = runLines(await rowsOf(stores, infos.slice(0, listed)), { width, paint })
      const older = infos.length - listed
      const below = [
        ...runs,
        ...(older > 0 ? [paint('muted', `    and ${older} older: daybook list`)] : []),
        ...(runs.length > 0 ? [''] : [])
      ]
      const forks = forking
        ? forkHost(stores, context, { kits, simulate: args.flag('simulate'), budgetUsd })
        : undefined
      return await serve({ stores, port, forks, allowed: args.flag('allow-production'), above, below }, context)
    } finally {
      await stores.close()
    }
  }
}

function folderOf(folder: string, cwd: string): { dir: string; shownDir: string } {
  const dir = isAbsolute(folder) ? folder : resolve(cwd, folder)
  return { dir, shownDir: shown(cwd, dir) }
}
