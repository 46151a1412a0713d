/** Notices that other processes wrote to ledgers: by the system's word where it gives one, and by looking now and then. */
import fs from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { codeOf } from './disk.js'

interface FolderWatchOptions {
  /** The ledgers that somebody wants to hear of. */
  names(): readonly string[]
  pathOf(name: string): string
  /** The bytes that are known of; undefined where there is nothing to hear. */
  known(name: string): number | undefined
  changed(name: string): void
}

export interface FolderWatch {
  /** Does nothing when it was started before. */
  start(): void
  stop(): void
}

// Some file systems tell nothing, and some tell late.
const pollMs = 1000

export function folderWatch(folder: string, { names, pathOf, known, changed }: FolderWatchOptions): FolderWatch {
  const told = new Map<string, number>()
  const looking = new Set<string>()
  let watcher: fs.FSWatcher | undefined
  let poll: NodeJS.Timeout | undefined

  async function look(name: string): Promise<void> {
    const bytes = known(name)
    if (bytes === undefined || looking.has(name)) return
    looking.add(name)
    try {
      const { size } = await stat(pathOf(name))
      // A size that was told of once is not told of again, also when nobody could make a whole batch of it yet.
      if (size === known(name) || told.get(name) === size) return
      told.set(name, size)
      changed(name)
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') changed(name) // whoever reads it is told what is wrong
    } finally {
      looking.delete(name)
    }
  }

  function watch(): void {
    if (watcher) return
    try {
      watcher = fs.watch(folder, { persistent: false }, (_event, file) => {
        for (const name of names()) if (file === null || basename(pathOf(name)) === file) void look(name)
      })
      watcher.on('error', unwatch)
    } catch {
      // The folder is not there yet, or the system has no watch left: the poll goes on.
    }
  }

  function unwatch(): void {
    watcher?.close()
    watcher = undefined
  }

  return {
    start() {
      if (poll) return
      watch()
      poll = setInterval(() => {
        watch()
        for (const name of names()) void look(name)
      }, pollMs)
      poll.unref()
    },
    stop() {
      clearInterval(poll)
      poll = undefined
      unwatch()
      told.clear()
    }
  }
}
