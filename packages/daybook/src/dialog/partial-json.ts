/** JSON while it is still being written. */
import type { Json } from '../json.js'

export interface PartialJson {
  /** Takes the next piece. The value so far, where it has changed enough to be worth a look; else undefined. */
  push(piece: string): Json | undefined
}

/** Reads each character once. A value that was given never changes: it shares what is complete with later ones. */
export function partialJson(): PartialJson {
  throw new Error('to be written')
}
