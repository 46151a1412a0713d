/**
 * Causes as a graph. Expanded: one node an event, a call being one with its answer. Aggregated: calls by the same
 * actor and model are one node with a count, and so are the tools of an actor, and objects of a type with what changed them.
 * What a kit loads is the frame of all of it, and no node. A growing fold: what was there at a playhead is found by rows.
 */
import type { LedgerEvent } from 'daybook'
import { type Book, shownActor } from './book.js'
import type { Call } from './calls.js'
import { type Glyph, glyphOf, isError } from './family.js'
import { callFigures } from './figures.js'
import { firstLine, record, string } from './read.js'
import { below } from './sorted.js'

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
  /** Of these, where objects were created, and where they were changed. */
  readonly made: readonly number[]
  readonly changed: readonly number[]
  /** So many causes, at most, led one after the other to its first event. */
  readonly depth: number
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
  made: number[]
  changed: number[]
  answers: Answer[]
  out: number[]
  in: number[]
}

export function graphFold(mode: GraphMode, limit: number = maxNodes): GraphFold {
  let nodes: Growing[] = []
  let edges: (GraphEdge & { rows: number[] })[] = []
  let byRow: number[] = []
  let depths: number[] = []
  /** By object: the node it is in. */
  let homes = new Map<string, number>()
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
    depths = []
    homes = new Map()
    known = new Map()
    pairs = new Map()
    seen = 0
    skipped = 0
    shape++
  }

  /** The node of a row; -1 where there are too many. */
  function nodeOf(book: Book, row: number, event: LedgerEvent, call: Call | undefined): number {
    if (call && call.row !== row) return byRow[call.row] ?? -1
    if (event.type === 'kit.loaded') return -1
    if (tooMany > 0) {
      tooMany++
      return -1
    }
    const glyph = glyphOf(event.type)
    const name = mode === 'aggregated' && coarse > 0 ? '' : nameOf(book, event, call)
    const actor = mode === 'aggregated' && coarse > 0 ? '' : shownActor(event)
    const type = mode === 'aggregated' && coarse > 1 ? glyph : event.type
    const grouped = mode === 'aggregated'
    const fine = grouped && coarse === 0
    const data = record(event.data)
    const isObject = fine && type.startsWith('object.')
    const isTool = fine && call?.kind === 'tool'
    const key = grouped ? JSON.stringify(isObject ? [name] : isTool ? [actor, 'tool'] : [type, name, actor]) : ''
    // Who makes an object and ties it to others does one thing.
    const home = fine && type.startsWith('relation.') ? homeOf(actor, data.source_id, data.target_id) : undefined
    let index = home ?? (grouped ? known.get(key) : undefined)
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
        made: [],
        changed: [],
        depth: 0,
        answers: [],
        out: [],
        in: []
      })
      known.set(key, index)
      shape++
    }
    const node = nodes[index] as Growing
    node.rows.push(row)
    if (isTool && node.name.length < 60 && !node.name.split(', ').includes(name)) node.name += `, ${name}`
    if (isObject) (type === 'object.created' ? node.made : node.changed).push(row)
    if (isObject && typeof data.id === 'string') homes.set(data.id, index)
    return index
  }

  /** The node of one of these objects, the later one, where it is this actor's. */
  function homeOf(actor: string, ...ids: readonly unknown[]): number | undefined {
    const own = ids.map(id => homes.get(String(id)) ?? -1).filter(home => nodes[home]?.actor === actor)
    return own.length > 0 ? Math.max(...own) : undefined
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
    depths.push(0)
    if (to < 0) return true
    let depth = call && call.row !== row ? (depths[call.row] as number) : 0
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
      if (from < 0 || own) continue
      // What ties an object that was just made has its causes, and they are drawn once.
      const told = event.type.startsWith('relation.') && (from === to || pairs.has(from * (limit + 1) + to))
      if (!told || mode === 'expanded') edge(from, to, row)
      depth = Math.max(depth, (depths[cause] as number) + 1)
    }
    depths[row] = depth
    const node = nodes[to] as Growing
    if (node.rows[0] === row) node.depth = depth
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
  if (event.type.startsWith('object.')) return firstLine(book.objects.typeOf(String(data.id)) ?? 'Object', 80)
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
export const before: (rows: readonly number[], length: number) => number = below

export interface Path {
  readonly nodes: ReadonlySet<number>
  readonly edges: ReadonlySet<number>
}

/**
 * All that led to a node and all that it led to, of what was there at the playhead. What came back to a node later is
 * not the cause of what it did before: each step goes on in time, or back in it.
 */
export function pathOf(graph: Graph, start: number, length: number): Path {
  const nodes = new Set([start])
  const edges = new Set<number>()
  for (const side of ['in', 'out'] as const) {
    // The first row at which each was reached; going back, the last.
    const met = new Map([[start, side === 'in' ? length : (graph.nodes[start]?.rows[0] ?? 0)]])
    for (const open = [start]; open.length > 0; ) {
      for (const node of open.splice(0)) {
        const at = met.get(node) as number
        for (const index of graph.nodes[node]?.[side] ?? []) {
          const { from, to, rows } = graph.edges[index] as GraphEdge
          const row = side === 'in' ? rows[before(rows, at) - 1] : rows[before(rows, at + 1)]
          if (row === undefined || row >= length) continue
          edges.add(index)
          const next = side === 'in' ? from : to
          const known = met.get(next)
          if (known !== undefined && (side === 'in' ? known >= row : known <= row)) continue
          met.set(next, row)
          nodes.add(next)
          open.push(next)
        }
      }
    }
  }
  return { nodes, edges }
}
