/** The pure fold from events to a world. */
import type { LedgerEvent } from '../ledger/event.js'
import { Projection } from './projection.js'
import type { World } from './world.js'

/**
 * The world that these events make, the first at position 0. The events may be changed afterwards: the world is not.
 * @throws InputError for an event that cannot be applied, such as a patch of an object that does not exist.
 */
export function project(events: Iterable<LedgerEvent>): World {
  const projection = new Projection()
  for (const event of events) projection.evolve(event)
  return projection.world()
}
