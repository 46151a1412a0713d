/** Calls the responders of a wave of events, as many at once as allowed, and gathers what they emit in order. */
import type { DaybookError } from '../errors.js'
import type { LedgerEvent } from '../ledger/event.js'
import type { World } from '../world/world.js'
import { Firing, type Output, type Surroundings } from './firing.js'
import type { Registry } from './registry.js'
import type { Responder } from './responder.js'
import { settleShares } from './shares.js'
import { slotsOf } from './slots.js'
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
  /** Begins to watch what may end a wave from outside, and returns what ends the watch. */
  watch(cut: (reason: DaybookError) => void): () => void
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

/**
 * Responders are started in order, each with the world right after its event; the outputs come in the same order.
 * Where all of them end at once, so does this: no promise, no timer.
 */
export function fire(
  due: Iterable<Due>,
  state: RunState,
  around: Surroundings,
  options: WaveOptions
): Output[] | Promise<Output[]> {
  const firings: Firing[] = []
  const starts = started(due, state, around, firings)
  // Not for…of: leaving it would end the generator, which goes on in rest().
  for (let step = starts.next(); !step.done; step = starts.next()) {
    if (step.value) return rest(step.value, starts, firings, around, options)
  }
  return gathered(firings)
}

/** Starts one responder after the other; each step gives what it has still to wait for. */
function* started(
  due: Iterable<Due>,
  state: RunState,
  around: Surroundings,
  firings: Firing[]
): Generator<Promise<void> | undefined, undefined> {
  let world: World | undefined
  for (const { event, position, responder } of due) {
    if (world?.length !== position + 1) world = state.projection.world(position + 1)
    const firing = new Firing(event, responder, world, around)
    firings.push(firing)
    yield firing.start()
  }
}

async function rest(
  first: Promise<void>,
  starts: Iterator<Promise<void> | undefined>,
  firings: readonly Firing[],
  { purse }: Surroundings,
  { concurrency, watch }: WaveOptions
): Promise<Output[]> {
  const slots = slotsOf(concurrency)
  purse?.use(slots)
  const running = new Set<Firing>()
  let reason: DaybookError | undefined
  let free: (() => void) | undefined
  const freed = (): Promise<void> =>
    new Promise(resolve => {
      free = resolve
    })
  const unwatch = watch(given => {
    reason = given
    for (const firing of running) firing.cut(given)
  })
  try {
    let pending: Promise<void> | undefined = first
    void slots.take()
    for (;;) {
      if (pending) {
        const firing = firings.at(-1) as Firing
        running.add(firing)
        if (reason) firing.cut(reason)
        void pending.then(() => {
          running.delete(firing)
          slots.give()
          free?.()
        })
        const place = slots.take()
        if (place !== undefined) await place
      }
      // What was not begun when the wave was cut is left to a resumed run.
      const next = reason ? undefined : starts.next()
      if (!next || next.done) break
      pending = next.value
    }
    slots.give() // the place for the one that did not come
    while (running.size > 0) await freed()
  } finally {
    unwatch()
  }
  return gathered(firings)
}

function gathered(firings: readonly Firing[]): Output[] {
  const calls = firings.flatMap(firing => firing.made)
  if (calls.length > 0) settleShares(calls)
  const outputs: Output[] = []
  for (const firing of firings) for (const output of firing.outputs()) outputs.push(output)
  return outputs
}
