/** Bytes that must be on the disk before anybody is told that they are. */
import fs from 'node:fs'
import { mkdir, open, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { performance } from 'node:perf_hooks'

/** The two calls on which a ledger's promise rests. Tests pass a disk that is full or broken. */
export interface Disk {
  /** Writes at a position and gives the number of bytes that were taken, which may be fewer. */
  write(fd: number, bytes: Uint8Array, position: number): number
  /**
   * Resolves when what was written to the file is on the disk; undefined where it is there on return. `alone`: nothing
   * else waits for it.
   */
  sync(fd: number, alone: boolean): Promise<void> | undefined
}

// A disk that syncs within so many milliseconds is waited for: handing so short a wait to a thread doubles it.
const quick = 0.4

/**
 * The real disk. Writing goes to memory and is done at once. Syncing is done on a thread, unless one append waits
 * alone for a disk that was quick so far.
 */
export function realDisk(): Disk {
  let usual = 0 // milliseconds of a sync, as of late

  const took = (since: number): void => {
    // One long sync among short ones says that the machine was busy, not that the disk is slow.
    usual += (Math.min(performance.now() - since, 2 * quick) - usual) / 8
  }

  return {
    write: (fd, bytes, position) => fs.writeSync(fd, bytes, 0, bytes.length, position),
    sync(fd, alone) {
      const since = performance.now()
      if (alone && usual < quick) {
        fs.fdatasyncSync(fd)
        took(since)
        return undefined
      }
      return new Promise((resolve, reject) => {
        fs.fdatasync(fd, error => {
          took(since)
          if (error) reject(error)
          else resolve()
        })
      })
    }
  }
}

/** Writes all of it; a short write is gone on with, and what stops it is thrown. */
export function writeAll(disk: Disk, fd: number, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.length; ) {
    const written = disk.write(fd, bytes.subarray(done), position + done)
    if (written <= 0) throw new Error('The disk took no more bytes.')
    done += written
  }
}

/** Makes a new name in a folder durable, where the system knows how. */
export async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  } catch (error) {
    // Windows cannot open folders, and some file systems cannot sync them: there it is the system's own business.
    if (!['EISDIR', 'EPERM', 'EINVAL', 'ENOTSUP', 'EACCES'].includes(codeOf(error))) throw error
  }
}

/** Makes a folder for this user only, durably, with all that is missing above it. */
export async function makeFolder(folder: string): Promise<void> {
  const made = await mkdir(folder, { recursive: true, mode: 0o700 })
  if (made !== undefined) await syncFolder(dirname(made))
}

let replaced = 0

/** Replaces a small file by one rename, so that nobody reads half of it. */
export async function replaceFile(path: string, content: string | Uint8Array): Promise<void> {
  // A process may have two stores in one folder.
  const temporary = `${path}.${process.pid}-${replaced++}.tmp`
  try {
    await writeFile(temporary, content, { mode: 0o600 })
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

/** The system's word for a failure, such as `ENOENT`; empty where there is none. */
export function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' ? code : ''
}
