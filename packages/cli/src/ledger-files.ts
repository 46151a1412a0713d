/**
 * The files of a folder's ledgers, looked at without opening a store: a store moves a torn end aside when it opens a
 * ledger, and whoever verifies one wants to see it as it lies there.
 */
import { createHash } from 'node:crypto'
import { open, readdir } from 'node:fs/promises'
import { join } from 'node:path'

export interface LedgerFile {
  readonly name: string
  readonly path: string
}

/** Sorted by file name; none where there is no such folder. */
export async function ledgerFiles(folder: string): Promise<readonly LedgerFile[]> {
  const found = (await readdir(folder).catch(() => [])).filter(file => file.endsWith('.jsonl')).sort()
  return Promise.all(
    found.map(async file => {
      const path = join(folder, file)
      return { name: (await streamOf(path, file)) ?? nameOf(file), path }
    })
  )
}

/** The file that a store keeps a ledger in. Names with capitals have a piece of their hash behind them. */
export function fileOf(folder: string, name: string): string {
  const small = name.toLowerCase()
  const mark = small === name ? '' : `+${createHash('sha256').update(name).digest('hex').slice(0, 12)}`
  return join(folder, `${small.replace(':', '-')}${mark}.jsonl`)
}

/** What the header says, where that is what the file is called: a header may have been changed. */
async function streamOf(path: string, file: string): Promise<string | undefined> {
  try {
    const handle = await open(path)
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(1024), 0, 1024, 0)
      const { stream } = JSON.parse(buffer.toString('utf8', 0, bytesRead).split('\n', 1)[0] ?? '')
      return typeof stream === 'string' && fileOf('', stream) === file ? stream : undefined
    } finally {
      await handle.close()
    }
  } catch {
    return undefined
  }
}

function nameOf(file: string): string {
  return file.replace(/(?:\+[0-9a-f]{12})?\.jsonl$/, '').replace('-', ':')
}
