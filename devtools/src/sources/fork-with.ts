/** Forks by a Daybook of this page. Loaded when something is first forked. */
import {
  createRuntime,
  type Daybook,
  forkLedger,
  type Kit,
  type LedgerEvent,
  type LLMFn,
  llmExecutor,
  replayed
} from 'daybook'
import type { ForkHooks, ForkRequest } from '../model/source.js'

export type Forker = Pick<Daybook, 'fork' | 'ledgers' | 'host'>

export interface ForkWithOptions {
  /** Finds a kit that the Daybook may not know. */
  readonly kit?: (name: string) => Promise<Kit | undefined>
  /** Answers the one call of a ledger that is no run of a kit. */
  readonly llm: () => LLMFn
}

/** A run of a kit goes on from there; of any other ledger, the one call is made again. */
export async function forkWith(
  daybook: Forker,
  name: string,
  request: ForkRequest,
  hooks: ForkHooks,
  options: ForkWithOptions
): Promise<void> {
  const { position, id, change, strict = false } = request
  const { signal, begun } = hooks
  const branch = `branch:${id}`
  const ledger = await daybook.ledgers.open(name)
  try {
    const events: LedgerEvent[] = []
    for await (const event of ledger.read()) events.push(event)
    const loaded = events.find(({ type }) => type === 'kit.loaded') as LedgerEvent<'kit.loaded'> | undefined
    const kit = loaded && (await options.kit?.(loaded.data.name))
    const given = { id, signal, strict, ...(change ? { change } : {}) }
    if (loaded && (kit || !options.kit)) {
      const run = daybook.fork(name, position, kit ? { ...given, kit } : given)
      for await (const _ of run) begun(branch)
      await run
    } else {
      const { host } = daybook
      const fork = await forkLedger(ledger, position, { id, change, strict, host })
      begun(branch)
      // Calls that were in flight beside it keep the answers that they had, wherever these came from.
      const asked = options.llm()
      const llm = replayed(events, { onMiss: (...call) => asked(...call) })
      await createRuntime({ ledger: fork, responders: [llmExecutor(llm)], cache: false, host }).resume({ signal })
    }
    begun(branch)
  } finally {
    ledger.close().catch(() => {}) // it was only read
  }
}
