/**
 * One writer at a time over processes: a file that only one can make. Who died with it, or lost it to a machine that
 * slept, is found out: by the holder's process id and start, and by a heartbeat where these say nothing.
 */
import fs from 'node:fs'
import { hostname } from 'node:os'
import { performance } from 'node:perf_hooks'
import { threadId } from 'node:worker_threads'
import { LedgerLockedError } from '../errors.js'
import { codeOf } from './disk.js'

export interface Lock {
  /** False once somebody has taken it over, because this process seemed to be dead. */
  held(): boolean
  /** Whether somebody waits for it. */
  wanted(): boolean
  release(): void
}

const heartbeatMs = 1000
/** Without a heartbeat for so long, a holder of whom nothing is known counts as dead. */
const silenceMs = 8000
/** A holder writes its name in the moment in which it makes the lock: one that has no name for so long was killed in it. */
const namelessMs = 500

const held = new Set<string>()
let cleaning = false

/** Takes the lock if nobody has it. Throws what the system says where it cannot be made. */
export function tryLock(path: string): Lock | undefined {
  const text = JSON.stringify(self())
  let fd: number
  try {
    fd = fs.openSync(path, 'wx', 0o600)
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return undefined
    throw error
  }
  fs.writeSync(fd, text)
  // Who was stopped between the two calls may find that somebody else has taken it over.
  if (fs.fstatSync(fd).nlink === 0) {
    fs.closeSync(fd)
    return undefined
  }
  held.add(path)
  if (!cleaning) {
    cleaning = true
    process.once('exit', () => {
      for (const left of held) fs.rmSync(left, { force: true })
    })
  }
  const heart = setInterval(() => beat(fd), heartbeatMs)
  heart.unref()
  let released = false
  const ours = (): boolean => !released && fs.fstatSync(fd).nlink > 0

  return {
    held: ours,
    wanted: () => fs.existsSync(wantedPath(path)),
    release() {
      if (released) return
      clearInterval(heart)
      if (ours()) {
        fs.rmSync(wantedPath(path), { force: true })
        fs.rmSync(path, { force: true })
      }
      released = true
      held.delete(path)
      fs.closeSync(fd)
    }
  }
}

function beat(fd: number): void {
  try {
    fs.futimesSync(fd, new Date(), new Date())
  } catch {
    // A missed beat is not a fault yet: who takes the lock over is noticed before anything is written.
  }
}

export interface WaitOptions {
  readonly signal?: AbortSignal | undefined
  /** The longest wait between two looks, in milliseconds: 8 unless said otherwise, as suits a lock that is held briefly. */
  readonly pauseMs?: number
}

/**
 * Waits for the lock.
 * @throws LedgerLockedError when somebody who is alive has kept it for so long; the reason of the signal.
 */
export async function takeLock(path: string, timeoutMs: number, options: WaitOptions = {}): Promise<Lock> {
  const { signal, pauseMs = 8 } = options
  const start = performance.now()
  let watched: { mark: string; since: number } | undefined
  for (let round = 0; ; round++) {
    signal?.throwIfAborted()
    const lock = tryLock(path)
    if (lock) return lock
    const found = look(path)
    if (!found) continue // released between the two
    const now = performance.now()
    if (watched?.mark !== found.mark) watched = { mark: found.mark, since: now }
    const silent = now - watched.since > (found.named ? silenceMs : namelessMs)
    // Asking for a process costs more than looking at the file: now and then is often enough.
    if (silent || (round % 16 === 0 && isDead(found.holder))) {
      takeOver(path, found.mark)
      continue
    }
    if (now - start > timeoutMs) {
      const who = found.holder ? `process ${found.holder.pid}` : 'another process'
      throw new LedgerLockedError(`The ledger is locked by ${who} for ${Math.round(timeoutMs / 1000)} s: ${path}`, {
        hint: 'End that process, or wait until it has finished.',
        retryable: true
      })
    }
    if (round % 16 === 1) fs.closeSync(fs.openSync(wantedPath(path), 'a', 0o600))
    await new Promise(resolve => setTimeout(resolve, 1 + Math.random() * Math.min(pauseMs, round)))
  }
}

function wantedPath(path: string): string {
  return `${path}.wanted`
}

interface Holder {
  readonly pid: number
  /** When the process began, in the system's own count: a process id is given out again. */
  readonly started: string
  /** The machine, and on it the space in which the process id has a meaning. */
  readonly place: string
}

interface Found {
  readonly holder: Holder | undefined
  /** Whether anything is written in it. */
  readonly named: boolean
  /** Changes with each holder and heartbeat. */
  readonly mark: string
}

function look(path: string): Found | undefined {
  try {
    const text = fs.readFileSync(path, 'utf8')
    const { mtimeMs, ino } = fs.statSync(path)
    return { holder: holderOf(text), named: text !== '', mark: `${ino} ${mtimeMs} ${text}` }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

function holderOf(text: string): Holder | undefined {
  try {
    const { pid, started, place } = JSON.parse(text)
    return Number.isSafeInteger(pid) && pid > 0 ? { pid, started: String(started), place: String(place) } : undefined
  } catch {
    return undefined // it was made this moment and not written yet, or it is nobody's: the heartbeat tells
  }
}

/** Removes a lock, unless it has become another one. One at a time, lest two remove each other's. */
function takeOver(path: string, mark: string): void {
  const guard = `${path}.takeover`
  try {
    fs.closeSync(fs.openSync(guard, 'wx', 0o600))
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
    // Who guards it needs microseconds; if it has died in them, the next round goes on.
    const age = Date.now() - (fs.statSync(guard, { throwIfNoEntry: false })?.mtimeMs ?? Date.now())
    if (Math.abs(age) > 2000) fs.rmSync(guard, { force: true })
    return
  }
  try {
    if (look(path)?.mark === mark) fs.rmSync(path, { force: true })
  } finally {
    fs.rmSync(guard, { force: true })
  }
}

/** True only where it is certain. */
function isDead(holder: Holder | undefined): boolean {
  if (!holder || holder.place !== self().place) return false
  const started = startOf(holder.pid)
  if (started !== undefined) return started !== holder.started
  if (holder.started !== '') return true // its start could be read then, and now there is nothing
  try {
    process.kill(holder.pid, 0)
    return false
  } catch (error) {
    return codeOf(error) === 'ESRCH'
  }
}

let own: (Holder & { readonly thread: number }) | undefined

function self(): Holder & { readonly thread: number } {
  own ??= { pid: process.pid, started: startOf(process.pid) ?? '', place: place(), thread: threadId }
  return own
}

function place(): string {
  try {
    return `${hostname()} ${fs.readlinkSync('/proc/self/ns/pid')}`
  } catch {
    return hostname()
  }
}

/** When a process began, in ticks since the machine did; undefined where it is dead or the system does not say. */
function startOf(pid: number): string | undefined {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The second field, the program's name, may hold anything, so count from its end.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19]
  } catch {
    return undefined
  }
}
