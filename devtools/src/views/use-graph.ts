/** The graph of a run and where its nodes stand, worked out piece by piece between frames. */
import { useEffect, useState } from 'react'
import type { Book } from '../model/book.js'
import { type Graph, type GraphFold, type GraphMode, type GraphNode, graphFold } from '../model/graph.js'
import { type Layout, layoutSteps } from '../model/layout.js'

export const nodeWidth = 204
export const nodeHeight = 48

/** From a lower layer to one that is not the next above. */
export function isBack(nodes: readonly GraphNode[], from: number, to: number): boolean {
  return (nodes[from]?.depth ?? 0) > (nodes[to]?.depth ?? 0) + 1
}

interface Work {
  readonly fold: GraphFold
  layout: Layout | undefined
  /** The shape that the layout is of. */
  shape: number
  laidAt: number
  steps: { readonly shape: number; readonly run: ReturnType<typeof layoutSteps> } | undefined
}

/** Of one frame, so many milliseconds. */
const sliceMs = 10
/** A live run is laid out anew at most so often, in milliseconds. */
const restMs = 300
const works = new WeakMap<Book, Record<GraphMode, Work>>()

export interface GraphWork {
  readonly graph: Graph
  readonly layout: Layout | undefined
  /** The share of the work that is done; undefined when there is none left. */
  readonly busy: 'reading' | 'placing' | undefined
}

export function useGraph(book: Book, mode: GraphMode): GraphWork {
  let known = works.get(book)
  if (!known) {
    known = { aggregated: begin('aggregated'), expanded: begin('expanded') }
    works.set(book, known)
  }
  const work = known[mode]
  const more = advance(work, book)
  const [, again] = useState(0)
  useEffect(() => {
    if (more === undefined) return
    if (more > 0) {
      const timer = setTimeout(() => again(n => n + 1), more)
      return () => clearTimeout(timer)
    }
    const frame = requestAnimationFrame(() => again(n => n + 1))
    return () => cancelAnimationFrame(frame)
  })
  const busy = work.layout || more === undefined ? undefined : work.steps ? 'placing' : 'reading'
  return { graph: work.fold, layout: work.layout, busy }
}

function begin(mode: GraphMode): Work {
  return { fold: graphFold(mode), layout: undefined, shape: -1, laidAt: 0, steps: undefined }
}

/** Works for one slice. Gives after how many milliseconds to go on; undefined when all is done. */
function advance(work: Work, book: Book): number | undefined {
  const { fold } = work
  const until = performance.now() + sliceMs
  for (let now = performance.now(); now < until; now = performance.now()) {
    if (fold.take(book, 200)) continue
    if (work.steps) {
      const step = work.steps.run.next()
      if (!step.done) continue
      work.layout = step.value
      work.shape = work.steps.shape
      work.laidAt = now
      work.steps = undefined
    } else if (fold.shape === work.shape) return undefined
    else if (work.layout && now - work.laidAt < restMs) return restMs
    else {
      const { shape, nodes, edges } = fold
      // Who was caused later stands lower, though a stack took part again.
      const depths = [...new Set(nodes.map(({ depth }) => depth))].sort((a, b) => a - b)
      const rank = new Map(depths.map((depth, at) => [depth, at]))
      const alone = (node: GraphNode): boolean => node.in.length + node.out.length === 0
      const layers = nodes.map(node => (alone(node) ? -1 : (rank.get(node.depth) as number)))
      const run = layoutSteps({
        count: nodes.length,
        ...(fold.mode === 'aggregated' && { layers }),
        // What goes back over layers is drawn around them.
        edges: edges.map(({ from, to }) => [from, isBack(nodes, from, to) ? from : to] as const),
        across: nodeWidth,
        along: nodeHeight,
        gap: 28,
        between: 30
      })
      work.steps = { shape, run }
    }
  }
  return 0
}
