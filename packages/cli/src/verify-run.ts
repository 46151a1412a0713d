/** Whether a ledger is as it was written: what `verify` prints, and what a strict replay asks first. */
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type TextSource, type Verification, type VerifyOptions, verifyLedger } from 'daybook'
import type { Context } from './command.js'
import { demoName, demoText } from './demo.js'
import { type LedgerFile, ledgerFiles } from './ledger-files.js'
import { isDemo } from './open-run.js'
import { pickName } from './runs.js'
import { shown } from './stores.js'

export interface VerifiedFile extends Verification {
  /** The ledger's name. */
  readonly name: string
  /** As a person types it. */
  readonly path: string
}

/**
 * The ledger's own file first, with all that it shares: the chains of the ledgers that it shares events with, and the
 * hashes that these had when they were forked. Those ledgers follow, each by itself: what came behind the fork is no
 * fault of the first.
 * @throws InputError where there is no such ledger.
 */
export async function verifyRun(
  given: string,
  context: Context,
  head?: string
): Promise<readonly [VerifiedFile, ...VerifiedFile[]]> {
  const files = await ledgerFiles(join(context.dir, 'ledgers'))
  const names = files.map(({ name }) => name)
  const wanted = head === undefined ? {} : { head }
  if (isDemo(given) && !names.includes(demoName)) {
    const verification = await verifyLedger(await demoText(), wanted)
    return [{ ...verification, name: demoName, path: 'built into the command' }]
  }
  const name = pickName(names, given, context.shownDir)
  const fileOf = (wantedName: string): LedgerFile | undefined => files.find(file => file.name === wantedName)
  const verify = async (file: LedgerFile, options: VerifyOptions): Promise<VerifiedFile> => ({
    ...(await verifyLedger(createReadStream(file.path), options)),
    ...{ name: file.name, path: shown(context.io.cwd, file.path) }
  })
  const parent = (above: string): TextSource | undefined => {
    const file = fileOf(above)
    return file && createReadStream(file.path)
  }
  const own = fileOf(name) as LedgerFile
  const verified: [VerifiedFile, ...VerifiedFile[]] = [await verify(own, { ...wanted, parent })]
  for (let above = await parentOf(own); above !== undefined; ) {
    const file = fileOf(above)
    if (!file || verified.some(one => one.name === above)) break
    verified.push(await verify(file, {}))
    above = await parentOf(file)
  }
  return verified
}

/** Whose events a branch begins with: its second line says it. */
async function parentOf({ name, path }: LedgerFile): Promise<string | undefined> {
  if (!name.startsWith('branch:')) return undefined
  const lines = createInterface({ input: createReadStream(path) })
  let header = true
  for await (const line of lines) {
    if (header) {
      header = false
      continue
    }
    lines.close()
    const { type, data } = parsed(line)
    return type === 'branch.created' && typeof data?.parent === 'string' ? data.parent : undefined
  }
  return undefined
}

/** Of a line that was changed nothing is taken for granted. */
function parsed(line: string): { readonly type?: unknown; readonly data?: { readonly parent?: unknown } } {
  try {
    return JSON.parse(line) ?? {}
  } catch {
    return {}
  }
}
