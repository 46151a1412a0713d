/** `daybook devtools`: shows the runs of a folder in the devtools. */
import { isAbsolute, resolve } from 'node:path'
import { wholeNumber } from '../args.js'
import type { Command } from '../command.js'
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
    'allow-production': { type: 'boolean', summary: 'serve them with NODE_ENV=production too' }
  },
  async run(args, given) {
    const [folder] = args.positionals
    const context = folder === undefined ? given : { ...given, ...folderOf(folder, given.io.cwd) }
    const { paint, width } = context
    const port = wholeNumber(args, 'port', 65_535)
    const stores = await openStores(context)
    try {
      const infos = await newestFirst(stores.store)
      const size = infos.reduce((sum, info) => sum + (info.bytes ?? 0), 0)
      const what = [context.shownDir, plural(infos.length, 'run'), bytes(size)].join(', ')
      const above = ['', `  ${paint('bold', 'Daybook')} ${paint('muted', `${version()}   ${what}`)}`, '']
      const runs = runLines(await rowsOf(stores.store, infos.slice(0, listed)), { width, paint })
      const older = infos.length - listed
      const below = [
        ...runs,
        ...(older > 0 ? [paint('muted', `    and ${older} older: daybook list`)] : []),
        ...(runs.length > 0 ? [''] : [])
      ]
      return await serve({ stores, port, allowed: args.flag('allow-production'), above, below }, context)
    } finally {
      await stores.close()
    }
  }
}

function folderOf(folder: string, cwd: string): { dir: string; shownDir: string } {
  const dir = isAbsolute(folder) ? folder : resolve(cwd, folder)
  return { dir, shownDir: shown(cwd, dir) }
}
