/** Versions of things over the positions of a ledger: any past state is read in logarithmic time, without a copy. */

/** What a thing was from one position on. A chain of versions goes from the newest to the oldest. */
export interface Version<T> {
  readonly position: number
  readonly older: Version<T> | undefined
  /** A version further back, so that a search skips most of the chain. */
  readonly jump: Version<T> | undefined
  readonly depth: number
  readonly value: T
}

/** One life of a thing, from its creation to its removal. A thing that is created again lives again, at the end. */
export interface Life<T> {
  readonly id: string
  readonly from: number
  to: number
  newest: Version<T | undefined>
}

/** Things by id, as of any length of the ledger: a version counts for a length when its position is before it. */
export class Versions<T> {
  private readonly latest = new Map<string, Life<T>>()
  private readonly lives: Life<T>[] = []
  private readonly removals: number[] = []

  /** The life of a thing that exists now. */
  living(id: string): Life<T> | undefined {
    const life = this.latest.get(id)
    return life && life.to === Number.POSITIVE_INFINITY ? life : undefined
  }

  /** Every version that there ever was, with its position; undefined for a removal. In no order. */
  *history(): Generator<[number, T, string], undefined, unknown> {
    for (const [id, { newest }] of this.latest) {
      // The chain goes on through the lives before this one.
      for (let at: Version<T | undefined> | undefined = newest; at; at = at.older)
        yield [at.position, at.value as T, id]
    }
  }

  /** Creates the thing; one that exists gets a new version and keeps its place. */
  create(id: string, position: number, value: T): Life<T> {
    const before = this.latest.get(id)
    const newest = version<T | undefined>(before?.newest, position, value)
    if (before && before.to === Number.POSITIVE_INFINITY) {
      before.newest = newest
      return before
    }
    const life: Life<T> = { id, from: position, to: Number.POSITIVE_INFINITY, newest }
    this.latest.set(id, life)
    this.lives.push(life)
    return life
  }

  change(life: Life<T>, position: number, value: T): void {
    life.newest = version<T | undefined>(life.newest, position, value)
  }

  remove(life: Life<T>, position: number): void {
    life.newest = version<T | undefined>(life.newest, position, undefined)
    life.to = position
    this.removals.push(position)
  }

  at(id: string, length: number): Version<T> | undefined {
    const life = this.latest.get(id)
    return life && versionAt(life, length)
  }

  size(length: number): number {
    return countBefore(this.lives, length, life => life.from) - countBefore(this.removals, length, position => position)
  }

  /** In the order of creation. Takes the number of things that were ever created before that length. */
  *entries(length: number): Generator<[string, Version<T>], undefined, unknown> {
    for (const life of this.lives) {
      if (life.from >= length) return
      const found = life.to < length ? undefined : versionAt(life, length)
      if (found) yield [life.id, found]
    }
  }
}

/** The version that counts for this length; undefined where the thing does not exist then. */
export function versionAt<T>(life: Life<T>, length: number): Version<T> | undefined {
  let found: Version<T | undefined> | undefined = life.newest
  while (found && found.position >= length) {
    found = found.jump && found.jump.position >= length ? found.jump : found.older
  }
  return found?.value === undefined ? undefined : (found as Version<T>)
}

// A jump goes as far back as the two jumps before it together, when these are of equal length. So a chain of n
// versions is searched in about 2 log n steps, and adding one takes the same time whatever n is.
function version<T>(older: Version<T> | undefined, position: number, value: T): Version<T> {
  if (!older) return { position, older: undefined, jump: undefined, depth: 0, value }
  const { jump } = older
  const far = jump?.jump && older.depth - jump.depth === jump.depth - jump.jump.depth ? jump.jump : older
  return { position, older, jump: far, depth: older.depth + 1, value }
}

/** How many members of an ascending list lie before the length. */
function countBefore<T>(list: readonly T[], length: number, positionOf: (member: T) => number): number {
  let low = 0
  let high = list.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (positionOf(list[middle] as T) < length) low = middle + 1
    else high = middle
  }
  return low
}
