/** `daybook verify`: whether a ledger is as it was written. */
import type { Command, Context } from '../command.js'
import { shortName } from '../names.js'
import { plural, wrapped } from '../print/format.js'
import { type VerifiedFile, verifyRun } from '../verify-run.js'

export const verify: Command = {
  name: 'verify',
  usage: '<run>',
  summary: 'check that a ledger is as it was written, line by line',
  notes: [
    'Of a fork, what it shares is checked too, and that its run has not been written anew since.',
    'Every line has a checksum, and every batch of lines a hash over itself and the hash before it. The last hash stands for the whole ledger: who keeps it elsewhere and passes it as --head also sees that a ledger was not written anew.'
  ],
  takes: [1, 1],
  options: { head: { type: 'string', value: 'hash', summary: 'the hash that the ledger must end with' } },
  async run(args, context) {
    const files = await verifyRun(args.positionals[0] ?? '', context, args.text('head'))
    const [{ ok }] = files
    if (context.json) context.print(JSON.stringify(verificationJson(files)))
    else for (const line of files.flatMap(file => verifiedLines(file, context))) context.print(line)
    return ok ? 0 : 1
  }
}

export function verificationJson(files: readonly VerifiedFile[]): object {
  const [first, ...shared] = files.map(({ name, ok, events, head, line, batch, reason, ledger, path }) => ({
    ...{ run: shortName(name), ok, events, head },
    ...(ok ? {} : { line, batch, reason }),
    ...(ledger === undefined ? {} : { fault_in: shortName(ledger) }),
    ledger: path
  }))
  return { ...first, ...(shared.length > 0 ? { shares: shared } : {}) }
}

export function verifiedLines(file: VerifiedFile, { paint, width }: Context): string[] {
  const { name, ok, events, head, line, batch, reason = '', ledger, path } = file
  const mark = ok ? paint('response', '✓') : paint('error', '✕')
  const said = ok ? 'as it was written' : paint('error', 'not as it was written')
  const row = (label: string, text: string): string => `    ${paint('muted', label.padEnd(8))} ${text}`
  return [
    `  ${mark} ${shortName(name)}: ${said}`,
    ...(ok
      ? [row('Events', String(events)), row('Hash', head)]
      : [
          ...(line === undefined
            ? []
            : [
                row(
                  'Line',
                  `${line}${batch === undefined ? '' : `, in batch ${batch}`}${ledger === undefined ? '' : `, of ${shortName(ledger)}`}`
                )
              ]),
          ...wrapped(reason, width - 13).map((text, index) => row(index === 0 ? 'Why' : '', text)),
          ...(ledger === undefined ? [row('Good', `${plural(events, 'event')} before it`)] : [])
        ]),
    row('Ledger', path)
  ]
}
