/** `daybook export`: a run as a file for others to read. */
import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { toJSONL } from 'daybook'
import { InputError } from 'daybook/errors'
import { toOtlp } from 'daybook/otlp'
import type { Command, Context } from '../command.js'
import { runPage } from '../export/page.js'
import { type OpenRun, openRun } from '../open-run.js'
import { bytes } from '../print/format.js'
import { pageFolder } from '../server/page.js'
import { shown, withStores } from '../stores.js'
import { version } from '../version.js'

const formats = ['jsonl', 'otlp', 'html'] as const
type Format = (typeof formats)[number]

export const exporting: Command = {
  name: 'export',
  usage: '<run>',
  summary: 'write a run to a file: as a ledger, as a trace, or as a page that opens anywhere',
  notes: [
    'Without --out the text goes to the terminal or the pipe; a page goes to <run>.html. Ledgers and pages hold all prompts and answers; a trace holds them only with --content.'
  ],
  takes: [1, 1],
  options: {
    jsonl: { type: 'boolean', summary: 'a ledger that import takes, one event a line (the default)' },
    otlp: { type: 'boolean', summary: 'a trace in the JSON of OpenTelemetry (OTLP)' },
    html: { type: 'boolean', summary: 'the devtools with this run in them, as one page that needs no network' },
    content: { type: 'boolean', summary: 'with --otlp: prompts and answers as well' },
    out: { type: 'string', value: 'file', summary: 'where to write it; - is the pipe' }
  },
  run: (args, context) =>
    withStores(context, async stores => {
      const chosen = formats.filter(format => args.flag(format))
      if (chosen.length > 1) throw new InputError(`export takes one of ${formats.map(name => `--${name}`).join(', ')}.`)
      const format = chosen[0] ?? 'jsonl'
      const run = await openRun(stores, args.positionals[0], context)
      const text = await textOf(run, format, args.flag('content'), context)
      const given = args.text('out') ?? (format === 'html' ? `${run.name.replace(':', '-')}.html` : '-')
      const name = run.demo ? undefined : run.name
      if (given === '-') {
        context.io.stdout.write(text)
        return { name }
      }
      if (given === '') throw new InputError('--out takes the name of a file.')
      const path = resolve(context.io.cwd, given)
      // It holds what the ledger holds: for this user only, as the ledger is.
      await writeFile(path, text, { mode: 0o600 }).catch((cause: unknown) => {
        throw new InputError(`${given} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`, {
          cause
        })
      })
      const out = shown(context.io.cwd, path)
      const size = Buffer.byteLength(text)
      if (context.json) context.print(JSON.stringify({ run: run.short, format, events: run.length, out, bytes: size }))
      else context.print(`Wrote ${run.demo ? 'the demo' : run.short} to ${out}, ${bytes(size)}.`)
      return { name }
    })
}

async function textOf(run: OpenRun, format: Format, content: boolean, { io }: Context): Promise<string> {
  const events = await run.all()
  const { name } = run
  switch (format) {
    case 'jsonl':
      return toJSONL(events, { name })
    case 'otlp':
      return `${JSON.stringify(toOtlp(events, { name, content, version: version() }))}\n`
    case 'html':
      return runPage({ name, title: `Daybook ${run.short}`, events }, io.page ?? pageFolder())
  }
}
