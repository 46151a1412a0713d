/** Branches in a store: a prefix that is another ledger's, by reference, and a tail of their own. */
import { DuplicateEventError, InputError, LedgerCorruptError, shown, WrongExpectedVersionError } from '../errors.js'
import { sameContent, wrongVersion } from './admit.js'
import type { AnyEvent, LedgerEvent } from './event.js'
import { isBranch, isLedgerName } from './name.js'
import type { LedgerInfo, LedgerStore } from './store.js'

/** What a branch shares. */
interface Share {
  /** How many events: its own stand behind them. */
  readonly offset: number
  readonly parent: string | undefined
  /** Where they are kept, in order: a branch of a branch shares with several ledgers. */
  readonly pieces: readonly Piece[]
}

/** The own events of a ledger that stand at these positions of the branch. */
interface Piece {
  readonly name: string
  readonly start: number
  readonly end: number
}

type Mark = LedgerEvent<'branch.created'>

const made = new WeakSet<LedgerStore>()
const nothing: Share = { offset: 0, parent: undefined, pieces: [] }

/**
 * A store in which a ledger `branch:…` that begins with `branch.created` reads as the first `fork_position` events of
 * its parent and then its own: positions, lengths and `expected` count both. A ledger that others share events of
 * cannot be removed. {@link openLedger} puts this before every store; who lists or removes does it too.
 * @throws LedgerCorruptError from every method for a branch whose parent is missing, too short, or the branch itself.
 */
export function branching(store: LedgerStore): LedgerStore {
  if (made.has(store)) return store
  const known = new Map<string, Share>()
  const ids = new Map<string, ReadonlyMap<string, number>>()
  const turns = new Map<string, Promise<void>>()

  /** Nothing, too, of a ledger that is still empty: that alone is not remembered. */
  async function shareOf(name: string): Promise<Share> {
    const found = known.get(name)
    if (found) return found
    const first = await firstOf(name)
    const share = first ? await shareFrom(name, markOf(name, first)) : nothing
    if (first) known.set(name, share)
    return share
  }

  async function firstOf(name: string): Promise<LedgerEvent | undefined> {
    for await (const event of store.read(name, 0, 1)) return event
    return undefined
  }

  /** Goes up from parent to parent as far as events are shared: once, however many are read afterwards. */
  async function shareFrom(name: string, mark: Mark | undefined): Promise<Share> {
    if (!mark) return nothing
    const { fork_position: offset, parent } = mark.data
    const pieces: Piece[] = []
    const passed = new Set<string>()
    let below = name
    let end = offset
    for (let next: Mark | undefined = mark; next && end > 0; ) {
      passed.add(below)
      const { parent: above, fork_position: position }: Mark['data'] = next.data
      if (passed.has(above)) throw corrupt(name, `${above} is its own parent`)
      const first: LedgerEvent | undefined = isBranch(above) ? await firstOf(above) : undefined
      next = first && markOf(above, first)
      const start = next?.data.fork_position ?? 0
      const there = start + (await store.length(above))
      if (there < position) {
        const found = there === 0 ? 'which is not here' : `which has only ${there}`
        throw corrupt(name, `${below} shares ${position} events with ${above}, ${found}`)
      }
      if (start < end) pieces.push({ name: above, start, end })
      end = Math.min(end, start)
      below = above
    }
    return { offset, parent, pieces: pieces.reverse() }
  }

  async function* read(name: string, from: number, to: number): AsyncGenerator<LedgerEvent> {
    const { offset, pieces } = await shareOf(name)
    let position = from
    for (const piece of pieces) {
      const end = Math.min(to, piece.end)
      if (position >= end) continue
      for await (const event of store.read(piece.name, position - piece.start, end - piece.start)) {
        position++
        yield event
      }
      if (position < end) throw corrupt(name, `${piece.name} ends before the event at position ${position}`)
    }
    if (to > offset) yield* store.read(name, Math.max(0, from - offset), to - offset)
  }

  /** Appends reach the store in the order in which they were made, however long each looks around before. */
  function inTurn<T>(name: string, work: (handOn: () => void) => Promise<T>): Promise<T> {
    const before = turns.get(name)
    let handOn: () => void = () => {}
    const turn = new Promise<void>(resolve => {
      handOn = resolve
    })
    turns.set(name, turn)
    return (before ?? Promise.resolve()).then(() => work(handOn)).finally(handOn)
  }

  /** The events without those that the branch shares already. */
  async function fresh(name: string, events: readonly LedgerEvent[], offset: number): Promise<readonly LedgerEvent[]> {
    // What a runtime makes has an id that no event before it can have.
    if (events.every(({ by }) => by !== undefined)) return events
    const shared = ids.get(name) ?? (await idsOf(name, offset))
    ids.set(name, shared)
    const found: LedgerEvent[] = []
    for (const event of events) {
      const position = shared.get(event.id)
      if (position === undefined) found.push(event)
      else
        for await (const there of read(name, position, position + 1)) {
          if (sameContent(there, event)) continue
          const message = `An event with the id ${event.id} is in the ledger already, with other content.`
          throw new DuplicateEventError(message, { data: { id: event.id } })
        }
    }
    return found
  }

  async function idsOf(name: string, offset: number): Promise<ReadonlyMap<string, number>> {
    const found = new Map<string, number>()
    for await (const { id } of read(name, 0, offset)) found.set(id, found.size)
    return found
  }

  /** The branches that begin with events of this ledger. */
  async function branchesOf(name: string): Promise<string[]> {
    const found: string[] = []
    for (const { name: branch } of await store.list()) {
      const first = isBranch(branch) ? ((await firstOf(branch)) as AnyEvent | undefined) : undefined
      if (first?.type !== 'branch.created') continue
      if (first.data.parent === name && first.data.fork_position !== 0) found.push(branch)
    }
    return found
  }

  async function list(): Promise<readonly LedgerInfo[]> {
    return Promise.all(
      (await store.list()).map(async info => {
        if (!isBranch(info.name)) return info
        try {
          const { offset, parent } = await shareOf(info.name)
          return parent === undefined ? info : { ...info, length: offset + info.length, parent }
        } catch {
          return info // opening it says what is wrong
        }
      })
    )
  }

  const branched: LedgerStore = {
    append(name, events, options = {}) {
      if (!isBranch(name)) return store.append(name, events, options)
      return inTurn(name, async handOn => {
        const { offset } = await shareOf(name)
        if (offset === 0) {
          const settled = known.has(name)
          // The first events may say that it is a branch: of something that is there.
          if (!settled && events[0]) await shareFrom(name, markOf(name, events[0]))
          const appended = store.append(name, events, options)
          if (settled) handOn()
          return (await appended) + (await shareOf(name)).offset
        }
        const { expected } = options
        const own = await fresh(name, events, offset)
        if (own.length === 0 && events.length > 0) return offset + (await store.length(name))
        const appended = store.append(name, own, expected === undefined ? {} : { expected: expected - offset })
        handOn()
        try {
          return offset + (await appended)
        } catch (error) {
          if (!(error instanceof WrongExpectedVersionError) || expected === undefined) throw error
          throw wrongVersion(expected, offset + Number(error.data?.actual))
        }
      })
    },
    read: (name, from = 0, to = Number.POSITIVE_INFINITY) =>
      isBranch(name) ? read(name, from, to) : store.read(name, from, to),
    async length(name) {
      const length = await store.length(name)
      return isBranch(name) && length > 0 ? length + (await shareOf(name)).offset : length
    },
    list,
    async remove(name) {
      const sharing = isLedgerName(name) ? await branchesOf(name) : []
      if (sharing.length > 0) {
        const named = sharing.slice(0, 5).join(', ') + (sharing.length > 5 ? ', …' : '')
        throw new InputError(`${name} cannot be removed: ${named} would lose the events they share with it.`, {
          hint: 'Remove the branches first.',
          data: { branches: sharing }
        })
      }
      known.delete(name)
      ids.delete(name)
      await store.remove(name)
    },
    ...(store.subscribe && {
      subscribe(name, listener) {
        if (!isBranch(name)) return store.subscribe?.(name, listener) ?? (() => {})
        return (
          store.subscribe?.(name, {
            changed(appended) {
              // Of a branch that was just begun nobody knows yet what it shares: whoever listens reads on.
              const offset = known.get(name)?.offset
              listener.changed(
                appended && offset !== undefined ? { ...appended, from: appended.from + offset } : undefined
              )
            },
            signal: signal => listener.signal?.(signal)
          }) ?? (() => {})
        )
      }
    }),
    ...(store.signal && { signal: (name, signal) => store.signal?.(name, signal) }),
    ...(store.hold && { hold: async (name, signal) => store.hold?.(name, signal) ?? (() => {}) }),
    ...(store.head && { head: async name => store.head?.(name) }),
    ...(store.close && { close: async () => store.close?.() })
  }
  made.add(branched)
  return branched
}

/** The mark that the own first event of a branch is; undefined for a ledger that holds all of its events itself. */
function markOf(name: string, first: LedgerEvent): Mark | undefined {
  if (first.type !== 'branch.created') return undefined
  const { parent, fork_position } = (first as Mark).data
  if (!isLedgerName(parent)) throw corrupt(name, `its parent is ${shown(parent)}`)
  if (!(Number.isSafeInteger(fork_position) && fork_position >= 0)) {
    throw corrupt(name, `its fork_position is ${shown(fork_position)}`)
  }
  return first as Mark
}

function corrupt(name: string, why: string): Error {
  return new LedgerCorruptError(`The branch ${name} cannot be read: ${why}.`)
}
