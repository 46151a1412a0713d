/**
 * Causes as a graph. Expanded: one node an event, a call being one with its answer. Aggregated: events of the same type
 * by the same actor and model are one node with a count. A growing fold: what was there at a playhead is found by rows.
 */
import type { LedgerEvent } from 'daybook'
import { type Book, shownActor } from './book.js'
import type { Call } from './calls.js'
import { type Glyph, glyphOf, isError } from './family.js'
import { callFigures } from './figures.js'
import { firstLine, record, string } from './read.js'

export type GraphMode = 'aggregated' | 'expanded'

export interface GraphNode {
  readonly index: number
  readonly glyph: Glyph
  /** What its events have in common: `Finding`, `claude-haiku-4-5`, `search_web`. */
  readonly name: string
  readonly actor: string
  readonly type: string
  /** The rows where its events, or its calls, begin. In order. */
  readonly rows: readonly number[]
  /** The answers of its calls in the order in which they came, with sums up to each. */
  readonly answers: readonly Answer[]
  readonly out: readonly number[]
  readonly in: readonly number[]
}

export interface Answer {
  readonly row: number
  readonly hits: number
  readonly failed: number
  /** Null while no price is known. */
  readonly costUsd: number | null
  readonly estimated: boolean
  /** How long this one took; undefined for a hit. */
  readonly ms: number | undefined
}

export interface GraphEdge {
  readonly from: number
  readonly to: number
  /** The rows of the effects. In order. */
  readonly rows: readonly number[]
}

export interface Graph {
  readonly mode: GraphMode
  readonly nodes: readonly GraphNode[]
  readonly edges: readonly GraphEdge[]
  /** By row: the node that the event is in. */
  readonly byRow: readonly number[]
  /** Grows with each new node or edge: the layout is another then. */
  readonly shape: number
  /** How many nodes there would be, where they are too many to be drawn and there are none. */
  readonly tooMany: number
  /** Causes that are not drawn, since one event names so many. */
  readonly skipped: number
}

export interface GraphFold extends Graph {
  /** Takes the events of the book that it has not seen, at most so many; true when some are left. */
  take(book: Book, most?: number): boolean
}

export const maxNodes = 2000
const maxCauses = 64

type Growing = { -readonly [Key in keyof GraphNode]: GraphNode[Key] } & {
  rows: number[]
  answers: Answer[]
  out: number[]
  in: number[]
}

export function graphFold(mode: GraphMode, limit: number = maxNodes): GraphFold {
  let nodes: Growing[] = []
  let edges: (GraphEdge & { rows: number[] })[] = []
  let byRow: number[] = []
  let known = new Map<string, number>()
  let pairs = new Map<number, number>()
  let seen = 0
  let shape = 0
  let tooMany = 0
  let skipped = 0
  /** Where actors and names make too many groups, types alone do, and then families. */
  let coarse = 0

  function clear(): void {
    nodes = []
    edges = []
    byRow = []
    known = new Map()
    pairs = new Map()
    seen = 0
    skipped = 0
    shape++
  }

  /** The node of a row; -1 where there are too many. */
  function nodeOf(book: Book, row: number, event: LedgerEvent, call: Call | undefined): number {
    if (call && call.row !== row) return byRow[call.row] ?? -1
    if (tooMany > 0) {
      tooMany++
      return -1
    }
    const glyph = glyphOf(event.type)
    const name = mode === 'aggregated' && coarse > 0 ? '' : nameOf(book, event, call)
    const actor = mode === 'aggregated' && coarse > 0 ? '' : shownActor(event)
    const type = mode === 'aggregated' && coarse > 1 ? glyph : event.type
    const key = mode === 'aggregated' ? JSON.stringify([type, name, call?.kind === 'tool' ? '' : actor]) : ''
    let index = mode === 'aggregated' ? known.get(key) : undefined
    if (index === undefined) {
      if (nodes.length === limit) {
        if (mode === 'aggregated') return -2
        tooMany = limit + 1
        return -1
      }
      index = nodes.length
      nodes.push({
        index,
        glyph,
        name: name || type,
        actor,
        type,
        rows: [],
        answers: [],
        out: [],
        in: []
      })
      known.set(key, index)
      shape++
    }
    nodes[index]?.rows.push(row)
    return index
  }

  function edge(from: number, to: number, row: number): void {
    const key = from * (limit + 1) + to
    let index = pairs.get(key)
    if (index === undefined) {
      index = edges.push({ from, to, rows: [] }) - 1
      pairs.set(key, index)
      nodes[from]?.out.push(index)
      nodes[to]?.in.push(index)
      shape++
    }
    edges[index]?.rows.push(row)
  }

  /** False where the groups are too many: it begins again with coarser ones. */
  function add(book: Book, row: number): boolean {
    const event = book.events[row] as LedgerEvent
    const call = book.calls.ofRow(row)
    const to = nodeOf(book, row, event, call)
    if (to === -2) return false
    byRow.push(to)
    if (to < 0) return true
    if (call && call.end === row) answer(nodes[to] as Growing, book, call)
    else if (isError(event) && !call) nodes[to] = { ...(nodes[to] as Growing), glyph: 'error' }
    skipped += Math.max(0, event.cause.length - maxCauses)
    const causes = event.cause.length > maxCauses ? event.cause.slice(0, maxCauses) : event.cause
    for (const id of causes.length > 1 ? new Set(causes) : causes) {
      const cause = book.causes.rowOf(id)
      if (cause === undefined || cause >= row) continue
      const from = byRow[cause] ?? -1
      // A call's answer is caused by its request: that is one node, and no edge.
      const own = call !== undefined && book.calls.ofRow(cause) === call
      if (from >= 0 && !own) edge(from, to, row)
    }
    return true
  }

  return {
    mode,
    get nodes() {
      return tooMany > 0 ? [] : nodes
    },
    get edges() {
      return tooMany > 0 ? [] : edges
    },
    get byRow() {
      return byRow
    },
    get shape() {
      return shape
    },
    get tooMany() {
      return tooMany
    },
    get skipped() {
      return skipped
    },
    take(book, most = Number.POSITIVE_INFINITY) {
      for (let done = 0; seen < book.events.length && done < most; done++) {
        if (add(book, seen)) seen++
        else {
          coarse++
          clear()
        }
      }
      return seen < book.events.length
    }
  }
}

function nameOf(book: Book, event: LedgerEvent, call: Call | undefined): string {
  if (call) return firstLine(call.name.replace(/^.*\//, '').replace(/-20\d{6}$/, ''), 80)
  const data = record(event.data)
  if (event.type === 'object.created') return firstLine(string(data.type) ?? 'Object', 80)
  if (event.type === 'object.patched') return firstLine(book.objects.typeOf(String(data.id)) ?? 'Object', 80)
  if (event.type.startsWith('relation.')) return firstLine(string(data.type) ?? 'relation', 80)
  return ''
}

function answer(node: Growing, book: Book, call: Call): void {
  const last = node.answers.at(-1)
  const figures = callFigures(book, call, 0)
  const hit = figures.cache === 'hit' || figures.cache === 'joined'
  const failed = figures.state === 'failed' || isError(book.events[call.end] as LedgerEvent)
  const known = last?.costUsd ?? null
  const costUsd = typeof figures.costUsd === 'number' ? (known ?? 0) + figures.costUsd : known
  node.answers.push({
    row: call.end,
    hits: (last?.hits ?? 0) + (hit ? 1 : 0),
    failed: (last?.failed ?? 0) + (failed ? 1 : 0),
    costUsd,
    estimated: (last?.estimated ?? false) || (figures.estimated && figures.costUsd !== undefined),
    ms: hit || failed ? undefined : figures.totalMs
  })
}

/** How many of these rows, which are in order, come before the playhead. */
export function before(rows: readonly number[], length: number): number {
  let low = 0
  let high = rows.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((rows[middle] as number) < length) low = middle + 1
    else high = middle
  }
  return low
}

export interface Path {
  readonly nodes: ReadonlySet<number>
  readonly edges: ReadonlySet<number>
}

/** All that led to a node and all that it led to, of what was there at the playhead. */
export function pathOf(graph: Graph, start: number, length: number): Path {
  const nodes = new Set([start])
  const edges = new Set<number>()
  for (const side of ['in', 'out'] as const) {
    const met = new Set([start])
    const open = [start]
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      for (const index of graph.nodes[node]?.[side] ?? []) {
        const { from, to, rows } = graph.edges[index] as GraphEdge
        if ((rows[0] as number) >= length) continue
        edges.add(index)
        const next = side === 'in' ? from : to
        if (met.has(next)) continue
        met.add(next)
        nodes.add(next)
        open.push(next)
      }
    }
  }
  return { nodes, edges }
}
