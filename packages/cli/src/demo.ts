/**
 * A small run that is always there, to try the commands on: the research kit with simulated answers. Its ledger is kept
 * beside this file as it was written; it is read from `src` also where this file runs from `dist`.
 */
import { readFile } from 'node:fs/promises'
import { type LedgerStore, memoryLedgerStore, parseJSONL } from 'daybook'

export const demoName = 'run:demo'

export function demoText(): Promise<string> {
  return readFile(new URL('../src/demo.jsonl', import.meta.url), 'utf8')
}

/** A store of its own, so that nobody's folder is written to. */
export async function demoStore(): Promise<LedgerStore> {
  const store = memoryLedgerStore()
  await store.append(demoName, (await parseJSONL(await demoText())).events)
  return store
}
