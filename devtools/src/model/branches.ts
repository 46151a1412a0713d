/** Which runs are branches of which. */
import type { LedgerInfo } from 'daybook'

/** As much of a run as its place among the others needs. */
export interface Kin {
  readonly key: string
  readonly source: { readonly id: number }
  readonly info: LedgerInfo
}

export interface Branch<Entry extends Kin> {
  readonly entry: Entry
  /** `main` for the run that is no branch. */
  readonly label: string
  /** 0 for the run itself. */
  readonly depth: number
}

/** Finds parents: in the same source, else wherever a ledger of that name is. */
function parents<Entry extends Kin>(runs: readonly Entry[]): (entry: Entry) => Entry | undefined {
  const byName = new Map<string, Entry[]>()
  for (const entry of runs) byName.set(entry.info.name, [...(byName.get(entry.info.name) ?? []), entry])
  return entry => {
    const { parent } = entry.info
    const found = parent === undefined || parent === entry.info.name ? undefined : byName.get(parent)
    return found?.find(({ source }) => source.id === entry.source.id) ?? found?.[0]
  }
}

/** The runs of the list: branches whose parent is not there are among them. */
export function mainRuns<Entry extends Kin>(runs: readonly Entry[]): readonly Entry[] {
  if (!runs.some(({ info }) => info.parent !== undefined)) return runs
  const parentOf = parents(runs)
  return runs.filter(entry => rootOf(entry, parentOf) === entry)
}

/** The open run with all its branches, each under its parent; a run without branches is alone in it. */
export function familyOf<Entry extends Kin>(runs: readonly Entry[], key: string | undefined): readonly Branch<Entry>[] {
  const open = runs.find(entry => entry.key === key)
  if (!open) return []
  const parentOf = parents(runs)
  const root = rootOf(open, parentOf)
  const children = new Map<Entry, Entry[]>()
  for (const entry of runs) {
    const parent = parentOf(entry)
    if (parent && rootOf(entry, parentOf) === root) children.set(parent, [...(children.get(parent) ?? []), entry])
  }
  const family: Branch<Entry>[] = []
  const seen = new Set<Entry>()
  const add = (entry: Entry, depth: number): void => {
    if (seen.has(entry)) return
    seen.add(entry)
    family.push({ entry, label: labelOf(entry.info.name, depth), depth })
    const below = [...(children.get(entry) ?? [])].sort((a, b) => a.info.created.localeCompare(b.info.created))
    for (const child of below) add(child, Math.min(depth + 1, 20))
  }
  add(root, 0)
  return family
}

export function labelOf(name: string, depth = 1): string {
  return depth === 0 && !name.startsWith('branch:') ? 'main' : name.replace(/^(?:branch|run):/, '')
}

/** Up to the run that is nobody's branch. Of a circle, which no library writes, each is its own root. */
function rootOf<Entry extends Kin>(entry: Entry, parentOf: (entry: Entry) => Entry | undefined): Entry {
  const passed = new Set<Entry>([entry])
  let at = entry
  for (let next = parentOf(at); next; next = parentOf(at)) {
    if (passed.has(next)) return entry
    passed.add(next)
    at = next
  }
  return at
}
