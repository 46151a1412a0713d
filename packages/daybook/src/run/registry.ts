/** Who reacts to what: the responders of one runtime, in the order in which they were given. */
import { InputError, shown } from '../errors.js'
import type { AnyEvent, EventType, LedgerEvent } from '../ledger/event.js'
import { type Edges, edgeResponders } from './edge.js'
import { checkName, type Responder } from './responder.js'

export interface Registry {
  /** Those that react to the event: the edge logic first, then the responders in their order. */
  matching(event: LedgerEvent): readonly Responder[]
  /** What the runtime answers `llm.request` with, and responders reach as `context.llm`. */
  readonly executor: Responder | undefined
}

const nobody: readonly Responder[] = []

/** Nobody reacts to these: they tell of the run itself. */
const silent = new Set<EventType>([
  'budget.exhausted',
  'branch.created',
  'run.resumed',
  'responder.fired',
  'responder.completed'
])

/** @throws InputError for names that are missing or not unique, and for what is no responder. */
export function createRegistry(responders: readonly Responder[], edges?: Edges): Registry {
  const edgeByType = edgeResponders(edges)
  const names = new Set<string>(['runtime'])
  for (const { name, types, fn } of [...edgeByType.values(), ...responders]) {
    checkName(name)
    if (names.has(name)) throw new InputError(`Two responders are named ${shown(name)}: ids are derived from the name.`)
    names.add(name)
    if (typeof fn !== 'function' || !Array.isArray(types)) {
      throw new InputError(`${shown(name)} is no responder: make one with responder(name, types, fn).`)
    }
  }
  const byType = new Map<EventType, readonly Responder[]>()

  function ofType(type: EventType): readonly Responder[] {
    let found = byType.get(type)
    if (!found) {
      found = responders.filter(({ types }) => types.length === 0 || types.includes(type))
      byType.set(type, found)
    }
    return found
  }

  return {
    executor: responders.find(({ llm }) => llm),
    matching(recorded) {
      const event = recorded as AnyEvent
      if (silent.has(event.type)) return nobody
      const found = ofType(event.type)
      switch (event.type) {
        case 'relation.created': {
          const edge = edgeByType.get(event.data.type)
          return edge ? [edge, ...found] : found
        }
        // One that fails on everything would otherwise fail on its own failure, until the budget ends it.
        case 'responder.failed':
        case 'output.rejected':
          return found.filter(({ name }) => name !== event.data.responder)
        default:
          return found
      }
    }
  }
}
