/** Snapshots in IndexedDB: each is a record among the chunks of its ledger, before the first. */
import { checkStoredName } from '../ledger/name.js'
import type { SnapshotStore } from '../ledger/store.js'
import { completed, type Database } from './database.js'

/** Where other chunks have the position of their first event: whoever reads from 0 on does not see it. */
export const snapshotAt = -1

export function idbSnapshots(db: Database): SnapshotStore {
  async function write(name: string, work: (chunks: IDBObjectStore) => void): Promise<void> {
    checkStoredName(name)
    await db.transaction('chunks', 'readwrite', transaction => {
      work(transaction.objectStore('chunks'))
      return completed(transaction)
    })
  }

  return {
    async load(name) {
      checkStoredName(name)
      return await db.transaction('chunks', 'readonly', async transaction => {
        const request: IDBRequest<{ readonly text: string } | undefined> = transaction
          .objectStore('chunks')
          .get([name, snapshotAt])
        await completed(transaction)
        return request.result?.text
      })
    },
    save: (name, text) => write(name, chunks => chunks.put({ ledger: name, from: snapshotAt, count: 0, text })),
    remove: name => write(name, chunks => chunks.delete([name, snapshotAt]))
  }
}
