/** Whether a ledger is as it was written: what `verify` prints, and what a strict replay asks first. */
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type Verification, verifyLedger } from 'daybook'
import { InputError } from 'daybook/errors'
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
 * The ledger's own file first, then those of the ledgers that it shares events with, up to the first that is not as it
 * was written.
 * @throws InputError where there is no such ledger.
 */
export async function verifyRun(given: string, context: Context, head?: string): Promise<readonly VerifiedFile[]> {
  const files = await ledgerFiles(join(context.dir, 'ledgers'))
  const names = files.map(({ name }) => name)
  if (isDemo(given) && !names.includes(demoName)) {
    const verification = await verifyLedger(await demoText(), head === undefined ? {} : { head })
    return [{ ...verification, name: demoName, path: 'built into the command' }]
  }
  const name = pickName(names, given, context.shownDir)
  const verified: VerifiedFile[] = []
  for (let next: string | undefined = name; next !== undefined; ) {
    const file: LedgerFile | undefined = files.find(candidate => candidate.name === next)
    if (!file) throw new InputError(`${name} shares events with ${next}, which is not in ${context.shownDir}.`)
    const wanted = next === name && head !== undefined ? { head } : {}
    const verification = await verifyLedger(createReadStream(file.path), wanted)
    verified.push({ ...verification, name: next, path: shown(context.io.cwd, file.path) })
    const parent = verification.ok ? await parentOf(file) : undefined
    next = verified.some(one => one.name === parent) ? undefined : parent
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
    const { type, data } = JSON.parse(line)
    return type === 'branch.created' && typeof data?.parent === 'string' ? data.parent : undefined
  }
  return undefined
}
