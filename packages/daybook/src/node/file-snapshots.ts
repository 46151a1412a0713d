/** Snapshots in files, each beside its ledger. */
import { readFile, rm } from 'node:fs/promises'
import type { SnapshotStore } from '../ledger/store.js'
import { codeOf, replaceFile } from './disk.js'
import { lanes } from './lanes.js'

/** `pathOf` throws for what is no ledger's name. The folder is the ledger's, which is there. */
export function fileSnapshots(pathOf: (name: string) => string): SnapshotStore {
  // Two that save one snapshot at once would write into the same new file.
  const inTurn = lanes()
  return {
    async load(name) {
      try {
        return await readFile(pathOf(name), 'utf8')
      } catch (error) {
        if (codeOf(error) === 'ENOENT') return undefined
        throw error
      }
    },
    save: async (name, snapshot) => inTurn(name, () => replaceFile(pathOf(name), snapshot)),
    remove: async name => inTurn(name, () => rm(pathOf(name), { force: true }))
  }
}
