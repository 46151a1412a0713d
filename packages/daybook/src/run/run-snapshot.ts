/**
 * What a runtime knows of its ledger, kept beside it from time to time, so that the next one reads on from there. Never
 * in the middle of a run: when it ends, and when a long ledger was read.
 */
import type { Host } from '../host.js'
import { isRecord } from '../json.js'
import type { Budget } from '../ledger/budget.js'
import { eventsAt } from '../ledger/events-at.js'
import type { Ledger } from '../ledger/ledger.js'
import { keepSnapshot, openSnapshot, type SnapshotPlace } from '../world/snapshot.js'
import type { WorldContext } from '../world/world.js'
import { RunState, type RunStateKept } from './state.js'

export interface RunSnapshots {
  /** The state at the last snapshot that can be trusted, else at the beginning. */
  begin(): Promise<RunState>
  /** Keeps the state where much has come since the last time; never rejects. */
  keep(state: RunState): Promise<void>
}

/** With an eighth of the ledger more, so that all snapshots together cost no more than a few readings of it. */
const growth = 8

export function runSnapshots(
  ledger: Ledger,
  budget: Budget,
  context: WorldContext,
  host: Host,
  every: number
): RunSnapshots {
  const { snapshots, redacted } = ledger
  // What is left out of a ledger must not lie beside it.
  const place: SnapshotPlace | undefined = snapshots && !redacted ? { ledger, snapshots, host } : undefined
  let kept = 0

  return {
    async begin() {
      const found = place && (await openSnapshot(place, context))
      // A snapshot of the world alone says nothing of the run.
      if (!(found && isRecord(found.more))) return new RunState(budget, context)
      const run = found.more as unknown as RunStateKept
      const waves = run.sessions.sessions.flatMap(({ before, last }) => [...before, ...last])
      const events = await eventsAt(ledger, waves)
      kept = found.projection.length
      return new RunState(budget, context, { ...found, run, events })
    },
    async keep(state) {
      if (!place || !state.last || state.length - kept <= Math.max(every, kept / growth)) return
      const run = state.kept()
      if (!run) return
      kept = state.length
      await keepSnapshot(place, state.projection, state.last, run)
    }
  }
}
