/** Kits: responders that belong together, and what a run of them begins with. */
import type { JsonObject } from '../json.js'
import type { EventDraft } from '../ledger/event.js'
import type { Edges } from './edge.js'
import type { Responder } from './responder.js'

/** The default export of a kit's module. */
export interface Kit {
  readonly name: string
  readonly version: string
  /** Made anew for each run. `options` are the caller's; `model` is among them where the kit asks a model. */
  responders(options: JsonObject): readonly Responder[]
  /** What the run begins with. Without it the goal becomes one object of type Goal: `goal-1`, `{ text }`. */
  seed?(goal: string, options: JsonObject): readonly EventDraft[]
  readonly edges?: Edges
}
