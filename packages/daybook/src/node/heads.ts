/**
 * `heads.json`: how long each ledger is and with which hash it ends, kept beside the ledgers. It tells of a ledger that
 * was cut or written anew, and spares the list a look into every file. Written now and then: it may lag behind.
 */
import fs from 'node:fs'
import { join } from 'node:path'
import type { Host } from '../host.js'
import { isRecord } from '../json.js'
import { replaceFile } from './disk.js'

export interface Head {
  readonly length: number
  readonly hash: string
  readonly bytes: number
}

export interface Heads {
  get(name: string): Head | undefined
  /** Undefined: the ledger is gone. */
  set(name: string, head: Head | undefined): void
  /** Writes what is not written yet. */
  flush(): Promise<void>
}

const delayMs = 1000

export function heads(folder: string, host: Host): Heads {
  const path = join(folder, 'heads.json')
  const news = new Map<string, Head | undefined>()
  let timer: NodeJS.Timeout | undefined
  let writing: Promise<void> = Promise.resolve()

  let last: { readonly mark: string; readonly heads: Map<string, Head> } | undefined

  function read(): Map<string, Head> {
    const stat = fs.statSync(path, { throwIfNoEntry: false })
    const mark = stat ? `${stat.ino} ${stat.size} ${stat.mtimeMs}` : ''
    if (last?.mark !== mark) last = { mark, heads: parse() }
    return last.heads
  }

  function parse(): Map<string, Head> {
    const found = new Map<string, Head>()
    try {
      const file: unknown = JSON.parse(fs.readFileSync(path, 'utf8'))
      const entries = isRecord(file) && isRecord(file.heads) ? Object.entries(file.heads) : []
      for (const [name, head] of entries) if (isHead(head)) found.set(name, head)
    } catch {
      // Not there yet, or spoilt: everything in it can be had from the ledgers, and the next write makes it anew.
    }
    return found
  }

  async function write(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    if (news.size === 0) return
    // Others write it too: what they noted of other ledgers stays.
    const all = new Map(read())
    for (const [name, head] of news) {
      if (head) all.set(name, head)
      else all.delete(name)
    }
    news.clear()
    try {
      await replaceFile(path, `${JSON.stringify({ daybook: 1, heads: Object.fromEntries(all) })}\n`)
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      host.warn({ area: 'ledger', kind: 'heads', message: `The heads of the ledgers could not be noted: ${why}` })
    }
  }

  function flush(): Promise<void> {
    writing = writing.then(write)
    return writing
  }

  return {
    get: name => (news.has(name) ? news.get(name) : read().get(name)),
    set(name, head) {
      news.set(name, head)
      timer ??= setTimeout(() => void flush(), delayMs).unref()
    },
    flush
  }
}

function isHead(value: unknown): value is Head {
  return (
    isRecord(value) &&
    Number.isSafeInteger(value.length) &&
    Number.isSafeInteger(value.bytes) &&
    typeof value.hash === 'string'
  )
}
