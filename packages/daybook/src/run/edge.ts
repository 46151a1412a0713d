/** Edge logic: what happens when a relation of some type comes into being. Of one runtime, never of the process. */
import type { EventType } from '../ledger/event.js'
import type { World } from '../world/world.js'
import { checkName, type Drafts, type EventOf, type Responder, type ResponderContext } from './responder.js'

export type EdgeFunction = (event: EventOf<'relation.created'>, world: World, context: ResponderContext) => Drafts

/** By relation type. Their outputs are queued before those of the responders. */
export type Edges = Readonly<Record<string, EdgeFunction>>

const relationCreated: readonly EventType[] = ['relation.created']

/** One responder per relation type, named `edge:<type>`. */
export function edgeResponders(edges: Edges = {}): ReadonlyMap<string, Responder> {
  const responders = new Map<string, Responder>()
  for (const [type, fn] of Object.entries(edges)) {
    const name = `edge:${type}`
    checkName(name)
    responders.set(type, { name, types: relationCreated, fn: fn as unknown as Responder['fn'] })
  }
  return responders
}
