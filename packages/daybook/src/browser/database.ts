/** An IndexedDB database that is opened on first use, makes way for newer versions, and survives a lost connection. */
import { DaybookError } from '../errors.js'
import { once } from '../once.js'

export interface DatabaseOptions {
  /** Grows when the stores change; 1 unless said otherwise. */
  readonly version?: number
  /** Makes the stores. `from` is the version that was there, 0 for none. */
  upgrade(db: IDBDatabase, from: number): void
  /** How long the opening may take, in milliseconds: an older page in another tab can hold it up. Default 1,500. */
  readonly patienceMs?: number
}

export interface Database {
  /**
   * Does the work in one transaction and resolves with what it gives: a value, a request's promise, {@link completed}.
   * The work awaits nothing but requests of that transaction, since it commits by itself when none is left. It is done
   * a second time, from the start, where the connection turns out to be lost.
   * @throws DOMException as IndexedDB has it; DaybookError of code `blocked` where it could not be opened in time.
   */
  transaction<T>(
    stores: string | readonly string[],
    mode: IDBTransactionMode,
    work: (transaction: IDBTransaction) => T | PromiseLike<T>,
    options?: IDBTransactionOptions
  ): Promise<T>
  /** Lets go of the connection. The next use opens another. */
  close(): void
}

export function database(name: string, options: DatabaseOptions): Database {
  let connection = once(connect)
  let current: IDBDatabase | undefined

  async function connect(): Promise<IDBDatabase> {
    const db = await open(name, options)
    current = db
    // Another tab wants to upgrade or delete it: whoever holds on would block that tab.
    db.onversionchange = () => drop(db)
    // The browser has closed it, because site data were cleared or its disk went away.
    db.onclose = () => drop(db)
    return db
  }

  function drop(db: IDBDatabase): void {
    db.close()
    if (db !== current) return
    current = undefined
    connection = once(connect)
  }

  return {
    async transaction(stores, mode, work, transactionOptions) {
      const begin = (db: IDBDatabase): IDBTransaction => db.transaction(stores as string[], mode, transactionOptions)
      const db = await connection()
      try {
        return await work(begin(db))
      } catch (error) {
        if (db === current && !isLoss(error)) throw error
        drop(db)
      }
      return await work(begin(await connection()))
    },
    close() {
      if (current) drop(current)
    }
  }
}

/** Resolves when the transaction is committed; rejects with the reason when it is not. */
export function completed(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve()
    transaction.onabort = () =>
      reject(transaction.error ?? new DOMException('The transaction was aborted.', 'AbortError'))
  })
}

/** What browsers say when it is the connection that is gone. */
function isLoss(error: unknown): boolean {
  const name = (error as { name?: unknown } | null)?.name
  return name === 'InvalidStateError' || name === 'UnknownError'
}

function open(name: string, options: DatabaseOptions): Promise<IDBDatabase> {
  const { version = 1, upgrade, patienceMs = 1500 } = options
  return new Promise((resolve, reject) => {
    let late = false
    const timer = setTimeout(() => {
      late = true
      const message = `The database ${name} could not be opened within ${patienceMs} ms: another tab may hold an older version of it.`
      reject(
        new DaybookError('cache', message, { code: 'blocked', hint: 'Close or reload the other tabs of this page.' })
      )
    }, patienceMs)
    const request = indexedDB.open(name, version)
    request.onupgradeneeded = event => upgrade(request.result, event.oldVersion)
    request.onsuccess = () => {
      clearTimeout(timer)
      if (late) request.result.close()
      else resolve(request.result)
    }
    request.onerror = () => {
      clearTimeout(timer)
      reject(request.error)
    }
  })
}
