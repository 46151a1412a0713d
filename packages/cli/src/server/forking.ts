/** Forks that the page asks for: what it may send, and nothing else. Who runs them and with which kit is not its say. */
import type { IncomingMessage } from 'node:http'
import type { ForkEstimate, LedgerChange } from 'daybook'
import { DaybookError } from 'daybook/errors'
import { bell, type Frames } from './frames.js'
import { maxBody } from './guard.js'

export interface ForkOrder {
  /** The ledger's name. */
  readonly ledger: string
  readonly position: number
  /** The branch will be `branch:<id>`. */
  readonly id: string
  readonly change?: LedgerChange
  /** What is neither recorded nor follows from the change ends the branch. */
  readonly strict?: boolean
}

/** How a process forks. What it throws is told to the page in a sentence. */
export interface Forks {
  /** The names of the kits whose runs go on from a fork; of any other run, one call is made again. */
  readonly kits?: readonly string[]
  estimate(order: ForkOrder): Promise<ForkEstimate>
  /** Resolves when the fork can begin, with what runs it: `begun` hears the branch's name once it is there. */
  prepare(order: ForkOrder): Promise<(begun: (branch: string) => void, signal: AbortSignal) => Promise<void>>
}

export type ForkOutcome =
  | { readonly status: number; readonly text: string }
  | { readonly json: unknown }
  | { run(to: Frames, pingMs: number): Promise<void> }

const maxRunning = 4
const running = new WeakMap<Forks, number>()

/** Where something may be sent to. */
export function isForkPath(url: string): boolean {
  return /^\/api\/(?:fork|estimate)$/.test(url)
}

/** Reads the order and carries it out. `isKnown` says whether the store itself names this ledger. */
export async function sendFork(
  forks: Forks,
  path: string,
  request: IncomingMessage,
  isKnown: (ledger: string) => Promise<boolean>
): Promise<ForkOutcome> {
  const order = orderFrom(await bodyOf(request))
  if (typeof order === 'string') return { status: 400, text: order }
  if (!(await isKnown(order.ledger))) return { status: 404, text: 'There is no such ledger.' }
  try {
    if (path === '/api/estimate') return { json: await forks.estimate(order) }
    if ((running.get(forks) ?? 0) >= maxRunning) {
      return { status: 429, text: `${maxRunning} branches run already: wait until one has ended.` }
    }
    const run = await forks.prepare(order)
    return { run: (to, pingMs) => follow(forks, run, to, pingMs) }
  } catch (error) {
    return { status: 400, text: sentenceOf(error) }
  }
}

/** Tells of the branch while it runs. A reader that leaves ends it: what was answered by then is in its ledger. */
async function follow(
  forks: Forks,
  run: Awaited<ReturnType<Forks['prepare']>>,
  to: Frames,
  pingMs: number
): Promise<void> {
  running.set(forks, (running.get(forks) ?? 0) + 1)
  const news = bell()
  let branch: string | undefined
  let ended: { readonly type: 'ended' } | { readonly type: 'failed'; readonly message: string } | undefined
  run(name => {
    branch = name
    news.ring()
  }, to.left)
    .then(
      () => {
        ended = { type: 'ended' }
      },
      (error: unknown) => {
        ended = { type: 'failed', message: sentenceOf(error) }
      }
    )
    .finally(() => {
      running.set(forks, (running.get(forks) ?? 1) - 1)
      news.ring()
    })
  let told = false
  while (!to.left.aborted) {
    const heard = await news.wait(pingMs, to.left)
    if (branch !== undefined && !told) {
      told = true
      await to.send({ type: 'branch', ledger: branch })
    } else if (!heard) await to.send({ type: 'ping' })
    if (ended) return to.send(ended)
  }
}

/** Undefined where it is longer than it may be, whatever was announced. */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > maxBody) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

const members = new Set(['ledger', 'position', 'id', 'change', 'strict'])
const changeMembers = new Set(['event', 'set', 'insert', 'remove'])

/** The order, or what is wrong with it: a member that is not known here is refused, never passed on. */
export function orderFrom(body: string | undefined): ForkOrder | string {
  const value = parsed(body)
  if (!isObject(value)) return 'The body is no JSON object.'
  const other = Object.keys(value).find(name => !members.has(name))
  if (other !== undefined) return `${JSON.stringify(other.slice(0, 40))} is not taken from a page.`
  const { ledger, position, id, change, strict } = value
  if (typeof ledger !== 'string') return 'ledger takes the name of a ledger.'
  if (typeof position !== 'number' || !Number.isSafeInteger(position) || position < 0) {
    return 'position takes a whole number.'
  }
  if (typeof id !== 'string' || !/^[A-Za-z0-9._-]{1,80}$/.test(id) || id.startsWith('.')) {
    return 'id takes a name of letters, digits, ".", "_" and "-".'
  }
  if (strict !== undefined && typeof strict !== 'boolean') return 'strict takes true or false.'
  const order = { ledger, position, id, ...(strict ? { strict } : {}) }
  if (change === undefined) return order
  if (!isObject(change) || Object.keys(change).some(name => !changeMembers.has(name))) {
    return 'change takes { event, set, insert, remove }.'
  }
  const { event, set, insert, remove } = change
  if (event !== undefined && typeof event !== 'string') return 'change.event takes the id of an event.'
  if (set !== undefined && !isObject(set)) return 'change.set takes paths with their values.'
  if (insert !== undefined && !isObject(insert)) return 'change.insert takes paths with their values.'
  if (remove !== undefined && !(Array.isArray(remove) && remove.every(path => typeof path === 'string')))
    return 'change.remove takes paths.'
  return { ...order, change: change as LedgerChange }
}

function parsed(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function sentenceOf(error: unknown): string {
  if (error instanceof DaybookError) return error.hint ? `${error.message} ${error.hint}` : error.message
  return `The fork failed: ${error instanceof Error ? error.message : String(error)}`
}
