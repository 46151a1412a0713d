/**
 * Ledgers that are not as they were written, to be looked at all the same: what they say is shown, and with it that
 * nobody vouches for it. Nothing is written to them, and what would go on from them refuses them.
 */
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { type LedgerEvent, type LedgerInfo, type LedgerStore, parseJSONL, verifyLedger } from 'daybook'
import { DaybookError, LedgerCorruptError } from 'daybook/errors'
import { fileOf, ledgerFiles } from './ledger-files.js'

export interface Broken {
  /** Where the chain is broken, from 1, and the number of the event there, among the ledger's own. */
  readonly line: number
  readonly number: number
  readonly reason: string
  /** How many of its own events stand in whole batches before it. */
  readonly before: number
  /** What its lines say, the changed ones too. */
  readonly events: readonly LedgerEvent[]
}

export interface LenientStore extends LedgerStore {
  /** Those that were come across so far, by name. */
  readonly broken: ReadonlyMap<string, Broken>
}

/** @param found Told once of each. */
export function lenient(store: LedgerStore, folder: string, found: (name: string) => void): LenientStore {
  const broken = new Map<string, Broken>()

  async function look(name: string, path = fileOf(folder, name)): Promise<Broken | undefined> {
    const one = broken.get(name) ?? (await brokenFile(path))
    if (one && !broken.has(name)) {
      broken.set(name, one)
      found(name)
    }
    return one
  }

  /** @throws The failure again, where it is not of a chain. */
  async function instead(error: unknown, name: string): Promise<Broken> {
    const one = error instanceof LedgerCorruptError ? await look(name) : undefined
    if (!one) throw error
    return one
  }

  return {
    ...store,
    broken,
    async *read(name, from = 0, to = Number.POSITIVE_INFINITY) {
      let at = from
      let one = broken.get(name)
      if (!one) {
        try {
          for await (const event of store.read(name, from, to)) {
            at++
            yield event
          }
          return
        } catch (error) {
          one = await instead(error, name)
        }
      }
      yield* one.events.slice(at, to)
    },
    length: async name =>
      broken.get(name)?.events.length ??
      (await store.length(name).catch(async error => (await instead(error, name)).events.length)),
    async list() {
      const listed = await store.list()
      const known = new Set(listed.map(({ name }) => name))
      const more: LedgerInfo[] = []
      // A store leaves out what has nothing good at its beginning.
      for (const { name, path } of await ledgerFiles(folder)) {
        if (known.has(name) || !/^(?:run|branch|session):[\w.-]+$/.test(name)) continue
        const { events } = (await look(name, path)) ?? { events: [] }
        if (events.length === 0) continue
        const { size, mtime, birthtime } = await stat(path)
        const times = { created: birthtime.toISOString(), updated: mtime.toISOString() }
        more.push({ name, length: events.length, ...times, bytes: size })
      }
      return [...listed, ...more]
    }
  }
}

/** Undefined where the file is as it was written, or has an end that was never finished: that is no change. */
export async function brokenFile(path: string): Promise<Broken | undefined> {
  try {
    const { ok, events: before, line = 1, reason = '' } = await verifyLedger(createReadStream(path))
    if (ok) return undefined
    let lines = 0
    const limits = { maxLine: 256e6, maxTotal: Number.POSITIVE_INFINITY, maxLines: Number.POSITIVE_INFINITY }
    const parsed = await parseJSONL(
      bare(path, () => void lines++),
      { ...limits, partial: true }
    )
    if (/cut off/.test(reason) || (line === lines && !/changed/.test(reason))) return undefined
    const index = parsed.lines.findIndex(at => at >= line)
    const number = (index < 0 ? parsed.events.length : index) + 1
    return { line, number, reason, before, events: parsed.events }
  } catch (error) {
    if (error instanceof DaybookError) return undefined // of a later time, or too large to be held
    throw error
  }
}

/** The events of a ledger's lines, whatever their checksums say. */
async function* bare(path: string, counted: () => void): AsyncGenerator<string> {
  let first = true
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
    counted()
    const header = first && /^\ufeff?\{"(?:daybook|stream|created)":?/.test(line)
    first = false
    yield header ? '\n' : `${line.replace(/,"crc":"[^"]{0,8}"(?:,"hash":"[^"]{0,64}")?\}$/, '}')}\n`
  }
}
