import { wholeMs } from '../model/playhead.js'
import type { OpenRun, Panel } from '../state/panel.js'

/** The time that the views stand at: now, or that of the playhead; of a file, that of its last event. */
export function shownTime(run: OpenRun, panel: Panel): number {
  if (panel.playhead !== undefined) return run.book.startedAt + panel.playback.ms
  return run.source.source.kind === 'file' ? run.book.startedAt + (wholeMs(run.book) || 0) : Date.now()
}
