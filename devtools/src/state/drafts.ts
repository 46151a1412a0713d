/** What was typed into the fork sheet, kept until the panel closes: closing the sheet or looking elsewhere loses nothing. */
import type { Edits } from '../model/fork-draft.js'
import type { Provider } from '../model/source.js'
import type { Panel } from './panel.js'

export interface Draft {
  readonly edits?: Edits
  readonly id?: string | undefined
  readonly strict?: boolean
  readonly provider?: Provider
}

const drafts = new WeakMap<Panel, Map<string, Draft>>()

/** By run and row. */
export function draftsOf(panel: Panel): Map<string, Draft> {
  const held = drafts.get(panel) ?? new Map<string, Draft>()
  drafts.set(panel, held)
  return held
}
