/** The button that opens the fork sheet; disabled with the reason where nothing can be forked. */
import { unforkable } from '../model/fork-draft.js'
import type { DevtoolsSource } from '../model/source.js'
import { usePanel } from '../state/context.js'
import type { OpenRun } from '../state/panel.js'
import { Glyph } from './glyph.js'

/** Why this source cannot fork; undefined where it can. */
export function noFork({ fork, noFork }: DevtoolsSource): string | undefined {
  return noFork ?? (fork ? undefined : 'This source can only be read.')
}

export function ForkButton({
  run,
  row,
  short
}: {
  readonly run: OpenRun
  readonly row: number
  readonly short?: boolean
}) {
  const panel = usePanel()
  const why = noFork(run.source.source) ?? unforkable(run.book.events[row]?.type ?? '')
  return (
    <button
      type="button"
      className="button"
      disabled={why !== undefined}
      title={why ?? 'Run the rest again from here with something changed'}
      onClick={() => panel.setSheet('fork')}
    >
      <Glyph name="branch" tinted={why === undefined} />
      <span className={short ? 'hidden' : undefined}>Fork here</span>
      {!short && <kbd>f</kbd>}
    </button>
  )
}
