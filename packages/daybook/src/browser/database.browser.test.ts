import { afterEach, describe, expect, test } from 'vitest'
import { completed, database } from './database.js'

let names: string[] = []
const fresh = (): string => {
  const name = `database-test-${crypto.randomUUID()}`
  names.push(name)
  return name
}
afterEach(() => {
  for (const name of names) indexedDB.deleteDatabase(name)
  names = []
})

const upgrade = (db: IDBDatabase): void => void db.createObjectStore('kv')
const put = (value: unknown) => (transaction: IDBTransaction) => {
  transaction.objectStore('kv').put(value, 'a')
  return completed(transaction)
}
const read = (transaction: IDBTransaction): Promise<unknown> =>
  new Promise(resolve => {
    const request = transaction.objectStore('kv').get('a')
    request.onsuccess = () => resolve(request.result)
  })

/** Opens it as another tab would. */
function foreign(name: string, version?: number): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, version)
    request.onupgradeneeded = () => upgrade(request.result)
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}

describe('a database', () => {
  test('opens on first use and keeps what was written', async () => {
    const db = database(fresh(), { upgrade })
    await db.transaction('kv', 'readwrite', put(1))
    expect(await db.transaction('kv', 'readonly', read)).toBe(1)
    db.close()
    expect(await db.transaction('kv', 'readonly', read)).toBe(1)
    db.close()
  })

  test('that is deleted by another tab makes way, and is made anew at the next use', async () => {
    const name = fresh()
    const db = database(name, { upgrade })
    await db.transaction('kv', 'readwrite', put(1))
    await new Promise<void>((resolve, reject) => {
      const request = indexedDB.deleteDatabase(name)
      request.onsuccess = () => resolve()
      request.onblocked = () => reject(new Error('blocked'))
    })
    expect(await db.transaction('kv', 'readonly', read)).toBeUndefined()
    db.close()
  })

  test('that is upgraded by another tab makes way', async () => {
    const name = fresh()
    const old = database(name, { upgrade })
    await old.transaction('kv', 'readwrite', put(1))
    const upgraded = database(name, { version: 2, upgrade: (_db, from) => expect(from).toBe(1) })
    expect(await upgraded.transaction('kv', 'readonly', read)).toBe(1)
    await expect(old.transaction('kv', 'readonly', read)).rejects.toMatchObject({ name: 'VersionError' })
    upgraded.close()
  })

  test('that an old tab holds on to is given up in time, and opens once the tab is gone', async () => {
    const name = fresh()
    const holding = await foreign(name, 1) // and does not listen to versionchange
    const db = database(name, { version: 2, upgrade: () => {}, patienceMs: 20 })
    await expect(db.transaction('kv', 'readonly', read)).rejects.toMatchObject({ kind: 'cache', code: 'blocked' })
    holding.close()
    expect(await db.transaction('kv', 'readonly', read)).toBeUndefined()
    db.close()
  })

  test.each([
    ['InvalidStateError', 'The database connection is closing.'],
    ['UnknownError', 'Connection to Indexed Database server lost. Refresh the page to try again']
  ])('whose connection is lost with %s is opened again, once', async (error, message) => {
    const db = database(fresh(), { upgrade })
    await db.transaction('kv', 'readwrite', put(1))
    const { transaction } = IDBDatabase.prototype
    let failures = 1
    IDBDatabase.prototype.transaction = function (this: IDBDatabase, ...args) {
      if (failures-- > 0) throw new DOMException(message, error)
      return transaction.apply(this, args)
    }
    try {
      expect(await db.transaction('kv', 'readonly', read)).toBe(1)
      failures = 2
      await expect(db.transaction('kv', 'readonly', read)).rejects.toMatchObject({ name: error })
    } finally {
      IDBDatabase.prototype.transaction = transaction
    }
    expect(await db.transaction('kv', 'readonly', read)).toBe(1)
    db.close()
  })

  test('passes on what else goes wrong, without doing the work again', async () => {
    const db = database(fresh(), { upgrade })
    let times = 0
    const work = (): never => {
      times++
      throw new TypeError('a mistake')
    }
    await expect(db.transaction('kv', 'readonly', work)).rejects.toThrow('a mistake')
    await expect(db.transaction('no such store', 'readonly', work)).rejects.toMatchObject({ name: 'NotFoundError' })
    expect(times).toBe(1)
    db.close()
  })
})
