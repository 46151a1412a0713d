/** What a runtime itself says: the seeds of a run, that it was taken up again, that it was aborted. */
import { type DaybookError, InputError, shown } from '../errors.js'
import type { EventDraft } from '../ledger/event.js'
import type { Output } from './firing.js'
import { type RunState, strictEnd } from './state.js'

export function seedsOf(seeds: readonly EventDraft[], position: number): Output[] {
  if (!Array.isArray(seeds)) throw new InputError(`Seeds are a list of drafts { type, data }, not ${shown(seeds)}.`)
  return seeds.map((draft, index) => ({
    trigger: 'seed',
    responder: 'runtime',
    ordinal: position + index,
    draft,
    actor: 'runtime',
    cause: []
  }))
}

export function resumption(position: number): Output {
  const draft = { type: 'run.resumed', data: { position } }
  return { trigger: 'resume', responder: 'runtime', ordinal: position, draft, actor: 'runtime', cause: [] }
}

/**
 * The mark of an aborted run: after it, a firing without outputs may not have been heard. With a failure, that of a
 * strict branch, which ends for good.
 */
export function interruption(state: RunState, failure?: DaybookError): Output {
  const message = failure?.message ?? 'The run was aborted before all of its responders had ended; resume() goes on.'
  const kind = failure ? strictEnd : 'aborted'
  return {
    trigger: state.last?.id ?? 'seed',
    responder: 'runtime',
    ordinal: 1,
    draft: { type: 'warning.raised', data: { area: 'run', kind, message } },
    actor: 'runtime',
    cause: []
  }
}
