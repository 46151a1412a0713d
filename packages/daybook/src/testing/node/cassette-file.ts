/** A cassette's file: read whole when it is opened, written whole when it is closed. */
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { InputError, LedgerCorruptError } from '../../errors.js'
import { chainReader, headerLine, readHeader, writeBatch } from '../../ledger/chain.js'
import type { LedgerEvent } from '../../ledger/event.js'
import { gather } from '../../ledger/gathered.js'
import { toJSONL } from '../../ledger/jsonl.js'
import { faultText } from '../../ledger/parse-jsonl.js'
import { nodeChecksums } from '../../node/batches.js'
import { replaceFile } from '../../node/disk.js'

/**
 * The events of a cassette; undefined where there is none. One without header and checksums, as kando writes them, may
 * be edited by hand.
 * @throws LedgerCorruptError, with `data.line`, for a damaged one.
 */
export function readCassette(file: string): readonly LedgerEvent[] | undefined {
  if (!existsSync(file)) return undefined
  const lines = readFileSync(file, 'utf8')
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
  const [first = ''] = lines
  const chain = readHeader(first) ? chainReader(nodeChecksums.sha256(first), nodeChecksums) : undefined
  const gathered = gather()
  let start = 2
  for (const [index, text] of lines.entries()) {
    const line = index + 1
    if (text === '' || (chain && index === 0)) continue
    if (!chain) {
      gathered.text(text, line)
      continue
    }
    if (chain.pending === 0) start = line
    const { event, fault } = chain.read(text)
    if (fault) throw damaged(file, line, faultText(fault, start, line))
    if (event !== undefined) gathered.text(event, line, true)
  }
  if (chain && chain.pending > 0) throw damaged(file, lines.length, 'It is cut off here.')
  const { events, reports } = gathered.result()
  const fault = reports.find(({ severity }) => severity === 'error')
  if (fault) throw damaged(file, fault.line, fault.message)
  return events
}

function damaged(file: string, line: number, why: string): Error {
  return new LedgerCorruptError(`The cassette ${file} is damaged at line ${line}. ${why}`, {
    hint: `Take it from version control again, or record it anew: ${howToRecord}.`,
    data: { file, line }
  })
}

export const howToRecord = "mode: 'record', or DAYBOOK_CASSETTE=record in the environment"

export interface CassetteWriter {
  /** Durable against the end of this process: what is there so far stands in the file that `partOf` names. */
  append(events: readonly LedgerEvent[]): void
  /** Writes all of it in place of the file, at once. Without an append the file stays as it is. */
  finish(): Promise<void>
}

/** Where a recording stands until it is closed. */
export function partOf(file: string): string {
  return `${file}.part`
}

const writing = new Set<string>()

/** @param known What the file begins with. */
export function cassetteWriter(file: string, known: readonly LedgerEvent[]): CassetteWriter {
  const part = partOf(file)
  const name = nameOf(file)
  const all = [...known]
  const created = known[0]?.timestamp ?? new Date().toISOString()
  let head: string | undefined

  function begin(): string {
    if (writing.has(file)) {
      throw new InputError(`The cassette ${file} is being recorded already: close it first, or use another file.`)
    }
    const header = headerLine(name, created)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(part, `${header}\n`, { mode: 0o600 })
    writing.add(file)
    const start = nodeChecksums.sha256(header)
    return known.length > 0 ? write(known, start) : start
  }

  function write(events: readonly LedgerEvent[], previous: string): string {
    const { text, hash } = writeBatch(events, previous, nodeChecksums)
    appendFileSync(part, text)
    return hash
  }

  return {
    append(events) {
      head = write(events, head ?? begin())
      all.push(...events)
    },
    async finish() {
      if (head === undefined) return
      try {
        await replaceFile(file, toJSONL(all, { name, created }))
        rmSync(part, { force: true })
      } finally {
        writing.delete(file)
      }
    }
  }
}

function nameOf(file: string): string {
  const plain = basename(file, '.jsonl').replace(/[^A-Za-z0-9._-]+/g, '-')
  return `session:${plain.slice(0, 100) || 'cassette'}`
}
