/** Which events of two ledgers stand for each other. */
import { diffFields, type FieldChange } from '../world/diff-worlds.js'
import { type LedgerEvent, stable } from './event.js'

export interface Alignment {
  /** How many events at the beginning are the same. */
  readonly common: number
  /** For each event of the second, the place of its partner in the first; -1 where it has none. */
  readonly partners: readonly number[]
  /** What differs between partners, but for what their ledgers had to call differently. */
  fields(before: LedgerEvent, after: LedgerEvent): readonly FieldChange[]
}

/**
 * Partners are the events of a beginning in common, then those of equal ids, which a branch shares with its parent, then
 * those of one type and actor whose causes are partners, in order. Linear: causes stand before their effects, so that
 * one walk knows the partners of an event's causes when it comes to the event. In steps, so that a page may breathe.
 */
export function* aligning(a: readonly LedgerEvent[], b: readonly LedgerEvent[]): Generator<undefined, Alignment> {
  // What the second calls something, and what the first calls it: ids of events, objects and relations.
  const names = new Map<string, string>()
  let common = 0
  while (common < a.length && common < b.length && isSame(a[common] as LedgerEvent, b[common] as LedgerEvent)) {
    if (++common % step === 0) yield
  }

  const positions = new Map<string, number>()
  for (let at = common; at < a.length; at++) {
    if (at % step === 0) yield
    const { id } = a[at] as LedgerEvent
    if (!positions.has(id)) positions.set(id, at)
  }
  const partners: number[] = []
  for (const [at, { id }] of b.entries()) {
    if (at % step === 0) yield
    partners.push(at < common ? at : (positions.get(id) ?? -1))
    if (at >= common) positions.delete(id)
  }

  const taken = new Set(partners)
  const waiting = new Map<string, number[]>()
  for (let at = a.length - 1; at >= common; at--) {
    if (at % step === 0) yield
    if (taken.has(at)) continue
    const key = keyOf(a[at] as LedgerEvent, a[at]?.cause ?? [])
    const known = waiting.get(key)
    if (known) known.push(at)
    else waiting.set(key, [at])
  }
  for (let at = common; at < b.length; at++) {
    if (at % step === 0) yield
    const event = b[at] as LedgerEvent
    if (partners[at] === -1) {
      const causes = event.cause.map(id => names.get(id) ?? id)
      partners[at] = waiting.get(keyOf(event, causes))?.pop() ?? -1
    }
    const partner = a[partners[at] as number]
    if (partner) learn(names, partner, event)
  }

  return {
    common,
    partners,
    fields(before, after) {
      const changes = diffFields(compared(before, after), compared(after, before))
      return changes.filter(({ before: was, after: is }) => typeof is !== 'string' || names.get(is) !== was)
    }
  }
}

export function align(a: readonly LedgerEvent[], b: readonly LedgerEvent[]): Alignment {
  return finished(aligning(a, b))
}

/** So many events are one step: a millisecond or two. */
export const step = 256

/** What steps come to, all of them at once. */
export function finished<T>(steps: Generator<undefined, T>): T {
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
  }
}

/** Equal id and content. The source is not looked at: a branch, or a copy, writes its own. */
function isSame(a: LedgerEvent, b: LedgerEvent): boolean {
  return a === b || (a.id === b.id && diffFields(compared(a, b), compared(b, a)).length === 0)
}

function compared(event: LedgerEvent, other: LedgerEvent): object {
  const { source: _source, by, ...rest } = stable(event)
  // It tells of the place where the id comes from, and can only differ in what the id says already.
  return event.id === other.id ? { ...rest, by } : rest
}

function keyOf({ type, actor }: LedgerEvent, causes: readonly string[]): string {
  return JSON.stringify([type, actor, causes])
}

function learn(names: Map<string, string>, before: LedgerEvent, after: LedgerEvent): void {
  if (before.id !== after.id) names.set(after.id, before.id)
  if (!/^(object|relation)\.created$/.test(after.type) || before.type !== after.type) return
  const [was, is] = [before.data, after.data].map(data => (data as { readonly id?: unknown }).id)
  if (typeof was === 'string' && typeof is === 'string' && was !== is) names.set(is, was)
}
