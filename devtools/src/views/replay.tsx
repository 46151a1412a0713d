/** Placeholder until the next step. */
import type { ViewProps } from './registry.js'

export function Replay(_props: ViewProps) {
  return null
}
