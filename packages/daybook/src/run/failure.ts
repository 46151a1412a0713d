/** What is recorded of something that a responder threw. */
import { APITimeoutError, asDaybookError, DaybookError, masked, shown } from '../errors.js'
import type { DataOf } from '../ledger/event.js'

type Failure = Pick<DataOf<'responder.failed'>, 'kind' | 'message' | 'causes'>

/** Anything can be thrown: undefined, a text, an object whose members throw in turn. */
export function failureOf(thrown: unknown): Failure {
  try {
    const { kind, message } = asDaybookError(thrown)
    const causes = causesOf(thrown)
    return {
      kind: thrown instanceof DaybookError ? kind : 'thrown',
      message: message || 'An error without a message was thrown.',
      ...(causes.length > 0 ? { causes } : {})
    }
  } catch {
    return { kind: 'thrown', message: 'Something was thrown that cannot be read.' }
  }
}

export function timeoutError(responder: string, timeoutMs: number): DaybookError {
  return new APITimeoutError(`${responder} did not end within ${timeoutMs} ms.`, { phase: 'total' })
}

/** Messages of the causes, outermost first; five are enough to see where it came from. */
function causesOf(thrown: unknown): string[] {
  const causes: string[] = []
  let cause = (thrown as { cause?: unknown } | null | undefined)?.cause
  while (cause !== undefined && cause !== null && causes.length < 5) {
    causes.push(masked(cause instanceof Error ? cause.message : shown(cause)).slice(0, 2000))
    cause = (cause as { cause?: unknown }).cause
  }
  return causes
}
