/** A store whose every ledger is the tail of a branch: a branch must do all that a ledger does. */
import type { ContractTest } from '../testing/cache.contract.js'
import { branching } from './branching.js'
import type { LedgerEvent } from './event.js'
import type { LedgerStore } from './store.js'

// Each ledger is a branch of the same three events; its positions are counted from behind them and its mark.
const prefix = 'session:prefix'
const shared = 4

/** Of names and outboxes the store behind it has tests of its own: names get longer here, and an outbox is no branch. */
export function tailTest(test: ContractTest): ContractTest {
  const left = [
    'what is no name of a ledger is refused at every door',
    'the outbox of a run is not listed, and goes with its ledger'
  ]
  return (name, body) => (left.includes(name) ? undefined : test(name, body))
}

export function tailsOf(inner: LedgerStore): LedgerStore {
  const store = branching(inner)
  const begun = new Map<string, Promise<unknown>>()
  const branchOf = (name: string): string => `branch:${name.replace(':', '-')}`
  const behind = (expected: number | undefined, by: number): { expected?: number } =>
    expected === undefined ? {} : { expected: expected + by }

  async function begin(name: string): Promise<string> {
    const made = begun.get(name) ?? first(name)
    begun.set(name, made)
    await made
    return branchOf(name)
  }

  async function first(name: string): Promise<void> {
    await inner.append(prefix, [event('p0'), event('p1'), event('p2')])
    const data = { branch_id: name, parent: prefix, fork_position: shared - 1 }
    await inner.append(branchOf(name), [event('mark', 'branch.created', data)])
  }

  return {
    async append(name, events, { expected } = {}) {
      if (events.length === 0 && !begun.has(name)) return inner.append(name, events, behind(expected, 0))
      try {
        return (await store.append(await begin(name), events, behind(expected, shared))) - shared
      } catch (error) {
        const { data } = error as { data?: { expected?: number; actual?: number } }
        if (data?.expected !== undefined) data.expected -= shared
        if (data?.actual !== undefined) data.actual -= shared
        throw error
      }
    },
    async *read(name, from = 0, to) {
      const end = to === undefined ? undefined : to + shared
      if (begun.has(name)) yield* store.read(await begin(name), from + shared, end)
    },
    length: async name => (begun.has(name) ? (await store.length(await begin(name))) - shared : 0),
    async list() {
      const found = await store.list()
      return [...begun.keys()].flatMap(name => {
        const info = found.find(one => one.name === branchOf(name))
        return info && info.length > shared ? [{ ...info, name, length: info.length - shared }] : []
      })
    },
    async remove(name) {
      await store.remove(branchOf(name))
      begun.delete(name)
    },
    subscribe: (name, listener) =>
      store.subscribe?.(branchOf(name), {
        changed: appended => listener.changed(appended && { ...appended, from: appended.from - shared }),
        signal: signal => listener.signal?.(signal)
      }) ?? (() => {}),
    signal: (name, signal) => store.signal?.(branchOf(name), signal),
    close: async () => store.close?.()
  }
}

function event(id: string, type = 'object.created', data: object = { id, type: 'T' }): LedgerEvent {
  const common = { source: prefix, actor: 'test', cause: [], timestamp: '2026-11-21T10:00:00.000Z' }
  return Object.freeze({ ...common, id, type, data }) as unknown as LedgerEvent
}
