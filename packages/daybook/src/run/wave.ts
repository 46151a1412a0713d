/** Calls the responders of a wave of events, as many at once as allowed, and gathers what they emit in order. */
import type { DaybookError } from '../errors.js'
import type { LedgerEvent } from '../ledger/event.js'
import type { World } from '../world/world.js'
import { Firing, type Output, type Surroundings } from './firing.js'
import type { Registry } from './registry.js'
import type { Responder } from './responder.js'
import { settleShares } from './shares.js'
import type { RunState } from './state.js'

/** An event and where it stands. */
export interface Placed {
  readonly event: LedgerEvent
  readonly position: number
}

/** A responder that is to be called for an event. */
export interface Due extends Placed {
  readonly responder: Responder
}

export interface WaveOptions {
  /** How many responders run at once. */
  readonly concurrency: number
  /** Ends the wave: open firings are cut off, later ones not begun. Its reason is one of our errors. */
  readonly signal: AbortSignal
}

/** Who is to be called for these events, in the order of the sequential run. */
export function* dueFor(wave: Iterable<Placed>, registry: Registry, state: RunState): Generator<Due, undefined> {
  for (const { event, position } of wave) {
    for (const responder of registry.matching(event)) {
      // A request that was made through context.llm came with its answer.
      if (responder.llm && !state.open(event.id)) continue
      yield { event, position, responder }
    }
  }
}

/** Responders are started in order, each with the world right after its event; the outputs come in the same order. */
export async function fire(
  due: Iterable<Due>,
  state: RunState,
  around: Surroundings,
  { concurrency, signal }: WaveOptions
): Promise<Output[]> {
  const firings: Firing[] = []
  const running = new Set<Firing>()
  let free: (() => void) | undefined
  const cut = (): void => {
    for (const firing of running) firing.cut(signal.reason as DaybookError)
  }
  signal.addEventListener('abort', cut, { once: true })
  try {
    let world: World | undefined
    for (const { event, position, responder } of due) {
      if (signal.aborted) break
      if (world?.length !== position + 1) world = state.projection.world(position + 1)
      const firing = new Firing(event, responder, world, around)
      firings.push(firing)
      const pending = firing.start()
      if (!pending) continue
      running.add(firing)
      void pending.then(() => {
        running.delete(firing)
        free?.()
      })
      while (running.size >= concurrency) {
        await new Promise<void>(resolve => {
          free = resolve
        })
      }
    }
    while (running.size > 0) {
      await new Promise<void>(resolve => {
        free = resolve
      })
    }
  } finally {
    signal.removeEventListener('abort', cut)
  }
  settleShares(firings.flatMap(firing => firing.made))
  const outputs: Output[] = []
  for (const firing of firings) for (const output of firing.outputs()) outputs.push(output)
  return outputs
}
