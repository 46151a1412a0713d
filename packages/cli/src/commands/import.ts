/** `daybook import`: takes a ledger from a file into the folder. */
import { createReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { createGunzip } from 'node:zlib'
import { type ImportReport, importLedger, type TextSource } from 'daybook'
import { InputError } from 'daybook/errors'
import type { Command, Context } from '../command.js'
import { shortName } from '../names.js'
import { oneLine, plural } from '../print/format.js'
import { withStores } from '../stores.js'

/** In characters: it is read at once. */
const longestDocument = 64e6

/** So many lines of a report are printed; `--json` has all of them. */
const printed = 20

export const importing: Command = {
  name: 'import',
  usage: '<file>',
  summary: 'take a ledger from a file: of ours or of kando, also packed with gzip',
  notes: [
    'What is wrong with a line is reported with its number. A ledger with faults is not taken, unless --partial asks for what is good of it. To import a ledger again changes nothing.'
  ],
  takes: [1, 1],
  options: {
    as: { type: 'string', value: 'name', summary: 'the name of the run (default: what the ledger says)' },
    partial: { type: 'boolean', summary: 'take what is good of a ledger with faults' }
  },
  run: (args, context) =>
    withStores(context, async stores => {
      const [file = ''] = args.positionals
      const as = args.text('as')
      const open = await opener(file, context.io.cwd)
      const options = { ...(as === undefined ? {} : { name: nameOf(as) }), partial: args.flag('partial') }
      const take = async (): Promise<ImportReport> => {
        const report = await importLedger(stores.store, open(), options)
        const whole = report.events > 0 ? undefined : await documentOf(open())
        return whole ? importLedger(stores.store, whole.list, { ...whole.named, ...options }) : report
      }
      const report = await take().catch((error: unknown) => {
        throw damagedGzip(error, file)
      })
      const name = report.length > 0 ? report.name : undefined
      const ledger = await stores.path(name)
      if (context.json) context.print(JSON.stringify(importJson(report, ledger)))
      else for (const line of importLines(report, file, ledger, context)) context.print(line)
      return { code: report.ok && report.events > 0 ? 0 : 1, name }
    })
}

function isLedgerName(name: string): boolean {
  return /^(?:run|branch|session):[\w.-]{1,100}$/.test(name)
}

function nameOf(given: string): string {
  return /^(?:run|branch|session):/.test(given) ? given : `run:${given}`
}

/**
 * What opens the file, as often as it is called.
 * @throws InputError for what is no file of text.
 */
async function opener(file: string, cwd: string): Promise<() => Exclude<TextSource, string>> {
  const path = resolve(cwd, file)
  const found = await stat(path).catch((cause: unknown) => {
    throw new InputError(`There is no file ${file}.`, { cause })
  })
  if (found.isDirectory()) throw new InputError(`${file} is a folder: name one of its .jsonl files.`)
  const handle = await open(path)
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(512), 0, 512, 0).finally(() => handle.close())
  const head = buffer.subarray(0, bytesRead)
  if (bytesRead === 0) throw new InputError(`${file} is empty: a ledger is a file with one event a line.`)
  if (head[0] === 0x1f && head[1] === 0x8b) return () => createReadStream(path).pipe(createGunzip())
  const wide = (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff)
  if (head.includes(0) && !wide)
    throw new InputError(`${file} holds no text, so it is no ledger: that is a .jsonl file with one event a line.`)
  return () => createReadStream(path)
}

/** Of one JSON document `{ stream, events: […] }`, as kando's ledgers are shown to others: its events as a list. */
async function documentOf(
  source: Exclude<TextSource, string>
): Promise<{ readonly list: string; readonly named: { readonly name?: string } } | undefined> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const piece of source) {
    text += typeof piece === 'string' ? piece : decoder.decode(piece, { stream: true })
    if (text.length > longestDocument || !/^\ufeff?\s*(?:\{|$)/.test(text.slice(0, 100))) return undefined
  }
  try {
    const { stream, events } = JSON.parse(text.replace(/^\ufeff/, ''))
    if (!Array.isArray(events)) return undefined
    const named = typeof stream === 'string' && isLedgerName(stream) ? { name: stream } : {}
    return { list: JSON.stringify(events), named }
  } catch {
    return undefined
  }
}

function damagedGzip(error: unknown, file: string): unknown {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' && /^Z_/.test(code)
    ? new InputError(`${basename(file)} is a damaged gzip file.`, { cause: error })
    : error
}

function importJson(report: ImportReport, ledger: string): object {
  const { ok, name, format, status, events, imported, length, reports } = report
  return { run: shortName(name), ok, format, status, events, imported, length, ledger, reports }
}

function importLines(report: ImportReport, file: string, ledger: string, { paint, width }: Context): string[] {
  const { ok, name, events, imported, length, status, reports } = report
  const numbers = Math.max(0, ...reports.slice(0, printed).map(({ line }) => String(line).length))
  const faults = reports.slice(0, printed).map(({ line, severity, message }) => {
    const where = `  line ${String(line).padStart(numbers)}  `
    const bad = severity === 'error'
    return `${where}${paint(bad ? 'error' : 'cache', bad ? '✕' : '!')} ${oneLine(message, width - where.length - 2)}`
  })
  // Of what is no ledger, every line is wrong: the first few say it.
  if (events === 0) faults.splice(3)
  const more = reports.length - faults.length
  const outcome =
    events === 0
      ? `${oneLine(basename(file), 60)} holds no event that could be read: nothing was imported.`
      : !ok && imported === 0
        ? `Nothing was imported: ${plural(events, 'event')} could be read. --partial takes what is good.`
        : imported === 0
          ? `${shortName(name)} has these ${plural(events, 'event')} already: nothing is new.`
          : `Imported ${plural(imported, 'event')} as ${shortName(name)}, into ${ledger}.`
  const marked =
    imported > 0 && length > imported && status === 'unverified'
      ? ['It is marked as unverified: the chain of the file is broken, and the copy has a new one.']
      : []
  return [...faults, ...(more > 0 ? [`  and ${more} more: --json prints them all`] : []), outcome, ...marked]
}
