/** One runs a ledger, the others watch: who comes second sees what is appended until it is their turn. */
import { asDaybookError } from '../errors.js'
import type { Host } from '../host.js'
import type { LedgerEvent } from '../ledger/event.js'
import type { Ledger } from '../ledger/ledger.js'

/** A lock that is free is had within a moment; watching begins only after it. */
const momentMs = 20

/**
 * Gives what others append meanwhile, and returns the function that lets go of the ledger. Where the lock cannot be used
 * nobody is kept out, with a warning: no event can be lost, since a run appends only to the length it knows.
 */
export async function* held(
  ledger: Ledger,
  host: Host,
  signal: AbortSignal
): AsyncGenerator<LedgerEvent, () => void, void> {
  if (!ledger.hold) return () => {}
  let position = ledger.length
  let release: (() => void) | undefined
  let failure: { readonly error: unknown } | undefined
  let wake: () => void = () => {}
  const holding = ledger.hold(signal).then(
    done => {
      release = done
      wake()
    },
    error => {
      failure = { error }
      wake()
    }
  )
  const news: LedgerEvent[] = []
  const something = (): Promise<void> =>
    new Promise(resolve => {
      wake = resolve
    })
  let leave: (() => void) | undefined
  let taken = false
  try {
    const timer = setTimeout(() => wake(), momentMs)
    if (!release && !failure) await something()
    clearTimeout(timer)
    if (!release && !failure) {
      leave = ledger.subscribe(
        event => {
          news.push(event)
          wake()
        },
        { from: position }
      )
    }
    while (!release && !failure) {
      if (news.length === 0) await something()
      for (const event of news.splice(0)) {
        position++
        yield event
      }
    }
    // What came last may not have been told yet.
    if (leave) for await (const event of ledger.read(position)) yield event
    taken = true
  } finally {
    leave?.()
    // Whoever reads no more has no use for it.
    if (!taken) void holding.then(() => release?.())
  }
  if (release) return release
  if (!signal.aborted) {
    const message = `Others may run ${ledger.name} at the same time: ${asDaybookError(failure?.error).message}`
    host.warn({ area: 'ledger', kind: 'hold', message })
  }
  return () => {}
}
