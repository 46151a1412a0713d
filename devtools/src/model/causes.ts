/** Which event led to which: an index over `cause`, both ways. */

const none: readonly number[] = Object.freeze([])

export interface Causes {
  /** The row of an event, or undefined for an id that is not in this ledger. */
  rowOf(id: string): number | undefined
  /** The rows that name this one as their cause, in order. */
  effectsOf(row: number): readonly number[]
}

export interface CauseFold extends Causes {
  add(row: number, id: string, causes: readonly string[]): void
}

export function causeFold(): CauseFold {
  const rows = new Map<string, number>()
  /** By row: most have one effect, which needs no list. */
  const effects: (number | number[] | undefined)[] = []
  return {
    rowOf: id => rows.get(id),
    effectsOf(row) {
      const known = effects[row]
      return typeof known === 'number' ? [known] : (known ?? none)
    },
    add(row, id, causes) {
      for (const cause of causes.length < 2 ? causes : new Set(causes)) {
        const from = rows.get(cause)
        if (from === undefined) continue
        const known = effects[from]
        if (known === undefined) effects[from] = row
        else if (typeof known === 'number') effects[from] = [known, row]
        else known.push(row)
      }
      effects.push(undefined)
      if (!rows.has(id)) rows.set(id, row)
    }
  }
}
