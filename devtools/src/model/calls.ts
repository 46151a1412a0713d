/** Calls: what was asked, what answered it, and what happened in between. */

export interface Call {
  readonly kind: 'llm' | 'tool'
  /** The id of the event that began it. */
  readonly id: string
  /** The row of that event. */
  readonly row: number
  /** The row of the answer or failure; -1 while it is open. */
  readonly end: number
  readonly lane: number
  /** The rows of attempts after the first. */
  readonly attempts: readonly number[]
  /** The model asked for, or the tool's name. */
  readonly name: string
}

type OpenCall = { -readonly [Key in keyof Call]: Call[Key] } & { attempts: number[] }

export interface Calls {
  readonly all: readonly Call[]
  /** By row: the index of the call that the row belongs to, or -1. */
  readonly byRow: readonly number[]
  /** The ids of calls without an answer, oldest first. */
  readonly open: ReadonlyMap<string, Call>
  ofRow(row: number): Call | undefined
  byId(id: string): Call | undefined
}

export interface CallFold extends Calls {
  begin(call: { kind: Call['kind']; key: string; id: string; row: number; lane: number; name: string }): void
  /** The open call under any of these names: keys, or what else may be one. */
  find(names: readonly string[]): Call | undefined
  attempt(call: Call, row: number): void
  finish(call: Call, row: number): void
  /** A row of no call. */
  none(): void
}

export function callFold(): CallFold {
  const all: OpenCall[] = []
  const byRow: number[] = []
  const indexOf = new Map<string, number>()
  const open = new Map<string, OpenCall>()
  /** By index: the key that a call is open under. */
  const keys: string[] = []

  return {
    all,
    byRow,
    open,
    ofRow: row => all[byRow[row] ?? -1],
    byId: id => all[indexOf.get(id) ?? -1],
    begin({ kind, key, id, row, lane, name }) {
      const call: OpenCall = { kind, id, row, end: -1, lane, attempts: [], name }
      byRow.push(all.length)
      indexOf.set(id, all.length)
      all.push(call)
      open.set(key, call)
      keys.push(key)
    },
    find(names) {
      for (const key of names) {
        const call = open.get(key)
        if (call) return call
      }
      return undefined
    },
    attempt(call, row) {
      ;(call as OpenCall).attempts.push(row)
      byRow.push(byRow[call.row] ?? -1)
    },
    finish(call, row) {
      const index = byRow[call.row] ?? -1
      ;(call as OpenCall).end = row
      byRow.push(index)
      open.delete(keys[index] ?? '')
    },
    none() {
      byRow.push(-1)
    }
  }
}
