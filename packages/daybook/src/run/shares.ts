/** Who pays for an answer that several calls of a wave shared. */
import type { DataOf, EventDraft } from '../ledger/event.js'
import type { Call } from './call.js'

/**
 * Of identical calls in flight together one makes the request and carries its cost, the others join it. Which one came
 * first depends on the clock; in the ledger it is always the first in order, as in a run of one responder at a time.
 */
export function settleShares(calls: readonly Call[]): void {
  const first = new Map<string, Call>()
  for (const call of calls) {
    const cache = answered(call)?.cache
    if (!cache || (cache.state !== 'joined' && cache.state !== 'miss')) continue
    const key = `${cache.key} ${cache.scope ?? ''}`
    const earlier = first.get(key)
    if (!earlier) first.set(key, call)
    else if (cache.state === 'miss' && answered(earlier)?.cache?.state === 'joined') exchange(earlier, call)
  }
}

function answered(call: Call): DataOf<'llm.response'> | undefined {
  return call.terminal?.type === 'llm.response' ? (call.terminal.data as DataOf<'llm.response'>) : undefined
}

/** The answers are the same: what they cost, how they came and how often they were tried changes hands. */
function exchange(a: Call, b: Call): void {
  const [dataA, dataB] = [answered(a), answered(b)]
  if (!dataA || !dataB) return
  a.terminal = about(dataB, dataA)
  b.terminal = about(dataA, dataB)
  const { before } = a
  a.before = b.before
  b.before = before
}

function about(answer: DataOf<'llm.response'>, own: DataOf<'llm.response'>): EventDraft<'llm.response'> {
  const { cause_object_id: _other, ...data } = answer
  const { cause_object_id } = own
  return { type: 'llm.response', data: cause_object_id === undefined ? data : { ...data, cause_object_id } }
}
