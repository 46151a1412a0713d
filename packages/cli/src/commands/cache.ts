/** `daybook cache`: how many answers are kept, and away with them. */
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { InputError } from 'daybook/errors'
import type { Command } from '../command.js'
import { bytes, plural } from '../print/format.js'
import { openStores, shown } from '../stores.js'

export const cache: Command = {
  name: 'cache',
  usage: 'stats|clear',
  summary: 'print how many answers are kept, or remove them all',
  takes: [1, 1],
  options: {},
  async run(args, context) {
    const [what] = args.positionals
    if (what !== 'stats' && what !== 'clear') throw new InputError(`cache takes stats or clear, not "${what}".`)
    const stores = await openStores(context)
    try {
      const keys = await stores.cache.keys()
      const folder = join(context.dir, 'cache')
      const path = shown(context.io.cwd, folder)
      const size = await sizeOf(folder)
      const answers = plural(keys.length, 'answer')
      if (what === 'clear') for (const key of keys) await stores.cache.delete(key)
      if (context.json)
        context.print(JSON.stringify({ [what === 'clear' ? 'removed' : 'entries']: keys.length, bytes: size, path }))
      else if (what === 'clear') context.print(`Removed ${answers}, ${bytes(size)}, from ${path}.`)
      else context.print(`${answers}, ${bytes(size)}, in ${path}.`)
      return 0
    } finally {
      await stores.close()
    }
  }
}

async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  let size = 0
  for (const entry of entries) {
    if (!entry.isFile()) continue
    // A file may go while we look: another process cleans up.
    size += await stat(join(entry.parentPath, entry.name)).then(
      found => found.size,
      () => 0
    )
  }
  return size
}
