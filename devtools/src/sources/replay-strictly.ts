/** A run's responders once more on its recorded answers: in a worker where there is one, else in slices in the page. */
import { type Divergence, type Kit, type LedgerEvent, type ReplayReport, replayKit } from 'daybook'
import { isOwnKit, kitNamed } from './kits.js'
import { replayWorker } from './replay-worker.js'

export interface StrictOutcome extends Pick<ReplayReport, 'events' | 'equal' | 'diverged' | 'ok' | 'hash'> {
  readonly divergences: readonly Divergence[]
  /** Whether it ran beside the page. */
  readonly worker: boolean
}

/** What goes to the worker, and what comes back. */
export interface ReplayOrder {
  readonly kit: string
  readonly events: readonly LedgerEvent[]
}
export type ReplayAnswer =
  | { readonly type: 'ready' }
  | { readonly type: 'done'; readonly outcome: Omit<StrictOutcome, 'worker'> }
  | { readonly type: 'failed'; readonly message: string }

export interface ReplayOptions {
  /** A kit that the program around the panel has: it cannot leave its page. */
  readonly kit?: Kit | undefined
  readonly signal: AbortSignal
}

/** A worker that says nothing for so long will not come. */
const patienceMs = 4000

/** @throws what the person should know, in a sentence. */
export async function replayStrictly(
  events: readonly LedgerEvent[],
  name: string,
  { kit, signal }: ReplayOptions
): Promise<StrictOutcome> {
  if (!kit && !isOwnKit(name)) {
    throw new Error(
      `The kit ${name.slice(0, 60)} is not in this page. Its program replays it: daybook replay <run> --strict --kit ./its-module.mjs.`
    )
  }
  const make = kit ? undefined : replayWorker.make
  const made = make && (await inWorker(make, { kit: name, events }, signal))
  if (made) return { ...made, worker: true }
  const own = kit ?? (await kitNamed(name))
  if (!own) throw new Error(`The kit ${name.slice(0, 60)} could not be loaded.`)
  return { ...(await replayHere(own, events, signal)), worker: false }
}

/** Yields to the page every so often, so that it stays alive. */
export async function replayHere(
  kit: Kit,
  events: readonly LedgerEvent[],
  signal?: AbortSignal
): Promise<Omit<StrictOutcome, 'worker'>> {
  const report = await replayKit(kit, events, signal ? { signal } : {})
  const { events: total, equal, diverged, ok, hash, divergences } = report
  return { events: total, equal, diverged, ok, hash, divergences }
}

/** Undefined where a worker cannot be had: a page from a disk, a policy that forbids it. */
function inWorker(
  make: () => Worker,
  order: ReplayOrder,
  signal: AbortSignal
): Promise<Omit<StrictOutcome, 'worker'> | undefined> {
  return new Promise((resolve, reject) => {
    let worker: Worker
    try {
      worker = make()
    } catch {
      return resolve(undefined)
    }
    let ready = false
    const end = (settle: () => void): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
      worker.terminate()
      settle()
    }
    const abort = (): void => end(() => reject(new Error('The replay was stopped.')))
    const timer = setTimeout(() => end(() => resolve(undefined)), patienceMs)
    signal.addEventListener('abort', abort, { once: true })
    if (signal.aborted) abort()
    worker.onerror = event => {
      event.preventDefault()
      end(() =>
        ready ? reject(new Error(`The replay failed: ${event.message || 'its worker ended.'}`)) : resolve(undefined)
      )
    }
    worker.onmessage = ({ data }: MessageEvent<ReplayAnswer>) => {
      if (data.type === 'ready') {
        ready = true
        clearTimeout(timer)
        worker.postMessage(order)
      } else if (data.type === 'done') end(() => resolve(data.outcome))
      else end(() => reject(new Error(data.message)))
    }
  })
}
