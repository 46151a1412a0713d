/** The drawing of the graph: boxes over lines, moved and scaled as one. Only the boxes in sight are in the page. */
import { type KeyboardEvent, type PointerEvent, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import type { Book } from '../model/book.js'
import { before, type Graph, type GraphEdge, type GraphNode, type Path } from '../model/graph.js'
import { type NodeFacts, nodeFacts } from '../model/graph-facts.js'
import type { Layout, Point } from '../model/layout.js'
import { Glyph, Icon } from './glyph.js'
import { isBack, nodeHeight, nodeWidth } from './use-graph.js'
import { useSize } from './use-size.js'

export interface GraphCanvasProps {
  readonly graph: Graph
  readonly layout: Layout
  readonly book: Book
  readonly selected: number | undefined
  readonly path: Path | undefined
  readonly onPick: (node: number) => void
  readonly onEnter: () => void
}

interface Camera {
  readonly x: number
  readonly y: number
  readonly k: number
}

const margin = 24
/** With more boxes in sight than this they are drawn as plain shapes, in one piece. */
const maxBoxes = 70
const maxLabels = 60
/** More lines than these are not drawn at once; those of the selection's path come first. */
const maxLines = 6000
const leastReadable = 0.8
/** Of a line, in pixels: what is thicker says no more. */
const maxWidth = 4
/** With more lines than these, only those of the path say how many causes they are. */
const maxCounted = 60

export function GraphCanvas({ graph, layout, book, selected, path, onPick, onEnter }: GraphCanvasProps) {
  const box = useRef<HTMLDivElement>(null)
  const size = useSize(box)
  const [moved, setMoved] = useState<Camera | undefined>(undefined)
  const held = useRef<{ x: number; y: number; camera: Camera; drag: boolean } | undefined>(undefined)
  const { length } = book.events

  const fit = fitted(layout, size, 0.02)
  // What would be too small to read is shown from its beginning, and the rest is reached by panning.
  const camera = moved ?? (fit.k >= leastReadable ? fit : fitted(layout, size, leastReadable))
  const latest = useRef(camera)
  latest.current = camera

  const zoom = (factor: number, at: Point = { x: size.width / 2, y: size.height / 2 }): void => {
    const { x, y, k } = latest.current
    const next = Math.min(2, Math.max(Math.min(0.1, fit.k), k * factor))
    const camera = { x: at.x - ((at.x - x) * next) / k, y: at.y - ((at.y - y) * next) / k, k: next }
    latest.current = camera
    setMoved(camera)
  }
  const zoomed = useRef(zoom)
  zoomed.current = zoom
  useEffect(() => {
    const element = box.current
    if (!element) return
    const onWheel = (event: WheelEvent): void => {
      event.preventDefault()
      const bounds = element.getBoundingClientRect()
      const step = event.deltaMode === 1 ? event.deltaY * 16 : event.deltaY
      const factor = Math.exp(-Math.max(-120, Math.min(120, step)) / 300)
      zoomed.current(factor, { x: event.clientX - bounds.left, y: event.clientY - bounds.top })
    }
    // React's own listener may not stop the page from scrolling.
    element.addEventListener('wheel', onWheel, { passive: false })
    return () => element.removeEventListener('wheel', onWheel)
  }, [])

  // The selection stays in sight when keys or a link move it.
  const chosen = selected !== undefined && selected < layout.x.length ? selected : undefined
  const lastChosen = useRef<number | undefined>(undefined)
  useLayoutEffect(() => {
    if (chosen === undefined || size.width === 0 || lastChosen.current === chosen) return
    lastChosen.current = chosen
    const { x, y, k } = latest.current
    const left = ((layout.x[chosen] as number) - nodeWidth / 2) * k + x
    const top = (layout.y[chosen] as number) * k + y
    const dx = inside(left, nodeWidth * k, size.width)
    const dy = inside(top, nodeHeight * k, size.height)
    if (dx !== 0 || dy !== 0) setMoved({ x: x + dx, y: y + dy, k })
  }, [chosen, size, layout])

  const there = (node: GraphNode): boolean => (node.rows[0] as number) < length && node.index < layout.x.length
  const inSight: GraphNode[] = []
  for (const node of graph.nodes) {
    if (!there(node)) continue
    const x = (layout.x[node.index] as number) * camera.k + camera.x
    const y = (layout.y[node.index] as number) * camera.k + camera.y
    const halfX = (nodeWidth / 2) * camera.k
    if (x + halfX < 0 || x - halfX > size.width || y + nodeHeight * camera.k < 0 || y > size.height) continue
    inSight.push(node)
  }
  const far = inSight.length > maxBoxes
  const drawn = far ? inSight.filter(({ index }) => index === chosen) : inSight

  const lines = useMemo(() => linesOf(graph, layout, length, path), [graph, graph.shape, layout, length, path])
  const labels =
    far || camera.k < 0.5
      ? []
      : lines.labels.filter(({ x, y }) => {
          const [left, top] = [x * camera.k + camera.x, y * camera.k + camera.y]
          return left > 0 && left < size.width && top > 0 && top < size.height
        })

  const step = (key: string): void => {
    const node = chosen === undefined ? undefined : graph.nodes[chosen]
    if (!node || !there(node)) {
      const first = graph.nodes.find(there)
      if (first) onPick(first.index)
      return
    }
    const next = neighbour(graph, layout, node, key, length)
    if (next !== undefined) onPick(next)
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const act: Readonly<Record<string, () => void>> = {
      '+': () => zoom(1.25),
      '=': () => zoom(1.25),
      '-': () => zoom(0.8),
      '0': () => setMoved(fit),
      Enter: onEnter,
      ArrowUp: () => step('ArrowUp'),
      ArrowDown: () => step('ArrowDown'),
      ArrowLeft: () => step('ArrowLeft'),
      ArrowRight: () => step('ArrowRight')
    }
    const does = Object.hasOwn(act, event.key) ? act[event.key] : undefined
    if (!does) return
    event.preventDefault()
    event.stopPropagation()
    does()
  }
  const onPointerMove = (event: PointerEvent<HTMLDivElement>): void => {
    const hold = held.current
    if (!hold) return
    const [dx, dy] = [event.clientX - hold.x, event.clientY - hold.y]
    if (!hold.drag && Math.hypot(dx, dy) < 4) return
    if (!hold.drag) event.currentTarget.setPointerCapture(event.pointerId)
    hold.drag = true
    setMoved({ x: hold.camera.x + dx, y: hold.camera.y + dy, k: hold.camera.k })
  }
  const dragged = useRef(false)
  const release = (): void => {
    dragged.current = held.current?.drag === true
    held.current = undefined
  }
  const onClick = (event: React.MouseEvent<HTMLDivElement>): void => {
    if (dragged.current) {
      dragged.current = false
      return
    }
    const bounds = event.currentTarget.getBoundingClientRect()
    const x = (event.clientX - bounds.left - camera.x) / camera.k
    const y = (event.clientY - bounds.top - camera.y) / camera.k
    const hit = inSight.find(
      ({ index }) =>
        Math.abs((layout.x[index] as number) - x) <= nodeWidth / 2 &&
        y >= (layout.y[index] as number) &&
        y <= (layout.y[index] as number) + nodeHeight
    )
    if (hit) onPick(hit.index)
  }

  const transform = `translate(${camera.x}px, ${camera.y}px) scale(${camera.k})`
  const now = Date.now()
  return (
    <>
      <div
        ref={box}
        className="canvas"
        role="listbox"
        aria-label="Graph of causes. Arrow keys walk along causes and effects."
        aria-activedescendant={drawn.some(({ index }) => index === chosen) ? `node-${chosen}` : undefined}
        tabIndex={0}
        style={{ backgroundPosition: `${camera.x}px ${camera.y}px` }}
        onKeyDown={onKeyDown}
        onPointerDown={event => {
          if (event.button === 0) held.current = { x: event.clientX, y: event.clientY, camera, drag: false }
        }}
        onPointerMove={onPointerMove}
        onPointerUp={release}
        onPointerCancel={release}
        onClick={onClick}
      >
        <svg className="lines" width={size.width} height={size.height} aria-hidden="true">
          <g transform={`translate(${camera.x} ${camera.y}) scale(${camera.k})`}>
            {far && <FarBoxes nodes={inSight} layout={layout} path={path} />}
            {lines.strokes.map(({ on, width, d }) => (
              <path key={`${on} ${width}`} className={on ? 'line on' : 'line'} strokeWidth={width} d={d} />
            ))}
            <path className="head" d={lines.heads} />
            <path className="head on" d={lines.headsOn} />
          </g>
        </svg>
        <div className="boxes" role="presentation" style={{ transform }}>
          {labels.slice(0, maxLabels).map(({ x, y, count, edge }) => (
            <span key={edge} className="count" aria-hidden="true" style={{ left: x, top: y }}>
              {count}
            </span>
          ))}
          {drawn.map(node => (
            <Box
              key={node.index}
              node={node}
              facts={nodeFacts(graph, book, node, now)}
              x={layout.x[node.index] as number}
              y={layout.y[node.index] as number}
              selected={node.index === chosen}
              on={path === undefined || path.nodes.has(node.index)}
            />
          ))}
        </div>
      </div>
      <div className="zoom">
        <span className="buttons">
          <button type="button" className="icon" aria-label="Smaller" title="Smaller, -" onClick={() => zoom(0.8)}>
            <Icon name="minus" />
          </button>
          <span className="per">{Math.round(camera.k * 100)} %</span>
          <button type="button" className="icon" aria-label="Larger" title="Larger, +" onClick={() => zoom(1.25)}>
            <Icon name="plus" />
          </button>
        </span>
        <button type="button" className="button" onClick={() => setMoved(fit)}>
          Fit <kbd>0</kbd>
        </button>
        {lines.left > 0 && <span className="meta">{lines.left} lines are not drawn.</span>}
        {path && (
          <p className="key" aria-hidden="true">
            <span className="swatch on" /> on the path of the selection <span className="swatch" /> other
          </p>
        )}
      </div>
    </>
  )
}

function Box(props: {
  readonly node: GraphNode
  readonly facts: NodeFacts
  readonly x: number
  readonly y: number
  readonly selected: boolean
  readonly on: boolean
}) {
  const { node, facts, x, y, selected, on } = props
  const { title, meta, count, seq } = facts
  const state = `${facts.live ? ' live' : ''}${count > 1 ? ' stack' : ''}${selected ? ' selected' : ''}${on ? '' : ' off'}`
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the canvas holds the focus and names the box
    <div
      id={`node-${node.index}`}
      role="option"
      className={`box${state}`}
      aria-selected={selected}
      title={`${title}\n${meta}`.slice(0, 2000)}
      style={{ left: x - nodeWidth / 2, top: y }}
    >
      <span className="title">
        <Glyph name={facts.glyph} />
        <b className="clip">{title}</b>
        {seq !== undefined && <span className="mono">#{seq}</span>}
      </span>
      <span className={facts.failed ? 'meta clip f-error' : 'meta clip'}>{meta}</span>
      {count > 1 && (
        <span className="badge">
          {count}
          <span className="hidden"> times</span>
        </span>
      )}
    </div>
  )
}

/** Many boxes: their outlines in one path, and a mark in the colour of each family. */
function FarBoxes(props: {
  readonly nodes: readonly GraphNode[]
  readonly layout: Layout
  readonly path: Path | undefined
}) {
  const { nodes, layout, path } = props
  const outlines = { on: '', off: '' }
  const marks = new Map<string, string>()
  for (const { index, glyph } of nodes) {
    const [x, y] = [Math.round((layout.x[index] as number) - nodeWidth / 2), layout.y[index] as number]
    outlines[path?.nodes.has(index) ? 'on' : 'off'] += `M${x} ${y}h${nodeWidth}v${nodeHeight}h-${nodeWidth}z`
    marks.set(glyph, `${marks.get(glyph) ?? ''}M${x} ${y}h10v${nodeHeight}h-10z`)
  }
  return (
    <>
      <path className="far" d={outlines.off} />
      <path className="far on" d={outlines.on} />
      {[...marks].map(([glyph, d]) => (
        <path key={glyph} className={`mark f-${glyph}`} d={d} />
      ))}
    </>
  )
}

interface Lines {
  readonly strokes: readonly { readonly on: boolean; readonly width: number; readonly d: string }[]
  readonly heads: string
  readonly headsOn: string
  readonly labels: readonly (Point & { readonly count: number; readonly edge: number })[]
  readonly left: number
}

/** The lines of the graph, joined by look: a few paths, however many lines there are. */
function linesOf(graph: Graph, layout: Layout, length: number, path: Path | undefined): Lines {
  const strokes = new Map<string, { on: boolean; width: number; pieces: string[] }>()
  const heads: string[] = []
  const headsOn: string[] = []
  const labels: (Point & { count: number; edge: number })[] = []
  const all = graph.edges.map((edge, index) => ({ edge, index, on: path?.edges.has(index) === true }))
  const shown = all.filter(
    ({ edge, index }) =>
      (edge.rows[0] as number) < length && index < layout.bends.length && Math.max(edge.from, edge.to) < layout.x.length
  )
  // Those on the path are drawn last, over the others.
  const lines = [...shown.filter(({ on }) => on), ...shown.filter(({ on }) => !on)].slice(0, maxLines).reverse()
  for (const { edge, index, on } of lines) {
    const count = before(edge.rows, length)
    const width = Math.min(maxWidth, 1 + 0.35 * count)
    const { d, head, middle } = lineOf(graph, layout, edge, index)
    const key = `${on} ${width}`
    const stroke = strokes.get(key) ?? { on, width, pieces: [] }
    stroke.pieces.push(d)
    strokes.set(key, stroke)
    ;(on ? headsOn : heads).push(head)
    const back = (layout.y[edge.to] as number) < (layout.y[edge.from] as number)
    if (count > 1 && !back && (on || lines.length <= maxCounted)) labels.push({ ...middle, count, edge: index })
  }
  return {
    strokes: [...strokes.values()].map(({ on, width, pieces }) => ({ on, width, d: pieces.join('') })),
    heads: heads.join(''),
    headsOn: headsOn.join(''),
    labels,
    left: shown.length - lines.length
  }
}

/** From the bottom of one box to the top of another, past what stands between; back in time it is drawn to the side. */
function lineOf(
  graph: Graph,
  layout: Layout,
  edge: GraphEdge,
  index: number
): { d: string; head: string; middle: Point } {
  const [fromX, fromY] = [layout.x[edge.from] as number, layout.y[edge.from] as number]
  const [toX, toY] = [layout.x[edge.to] as number, layout.y[edge.to] as number]
  if (edge.from === edge.to || fromY === toY) {
    // To itself, or to a box of the same row: a bow over it.
    const [a, b] = edge.from === edge.to ? [fromX + nodeWidth / 2 - 56, fromX + nodeWidth / 2 - 24] : [fromX, toX]
    const top = fromY - 22
    const d = `M${a} ${fromY}C${a} ${top} ${b} ${top} ${b} ${fromY - 6}`
    return { d, head: headAt(b, fromY, 1), middle: { x: (a + b) / 2, y: fromY - 17 } }
  }
  const down = fromY < toY
  if (!down && isBack(graph.nodes, edge.from, edge.to)) {
    // Back over layers: around the right of all that stands between.
    const between = [...layout.x].filter(
      (_, at) => (layout.y[at] as number) >= toY && (layout.y[at] as number) <= fromY
    )
    const [a, b] = [fromX + nodeWidth / 2, toX + nodeWidth / 2]
    const right = between.reduce((most, x) => Math.max(most, x), 0) + nodeWidth / 2
    const out = Math.max(a, b) + Math.max(60, ((right - Math.max(a, b)) * 4) / 3 + 40)
    const [y1, y2] = [fromY + nodeHeight / 2, toY + nodeHeight / 2]
    const d = `M${a} ${y1}C${out} ${y1} ${out} ${y2} ${b + 6} ${y2}`
    return { d, head: `M${b} ${y2}l7 -3.5v7z`, middle: { x: a, y: y1 } }
  }
  const side = down ? 0 : 34
  const sign = down ? 1 : -1
  let x = fromX + side
  let y = down ? fromY + nodeHeight : fromY
  let d = `M${x} ${y}`
  let middle: Point | undefined
  const curve = (nextX: number, nextY: number): void => {
    const half = (y + nextY) / 2
    d += `C${x} ${half} ${nextX} ${half} ${nextX} ${nextY}`
    middle ??= { x: (x + nextX) / 2, y: half }
    x = nextX
    y = nextY
  }
  for (const bend of layout.bends[index] ?? []) {
    curve(bend.x + side, down ? bend.y : bend.y + nodeHeight)
    y = down ? bend.y + nodeHeight : bend.y
    d += `V${y}`
  }
  const end = down ? toY : toY + nodeHeight
  curve(toX + side, end - sign * 6)
  return { d, head: headAt(toX + side, end, sign), middle: middle ?? { x, y } }
}

function headAt(x: number, y: number, sign: number): string {
  return `M${x} ${y}l-3.5 ${-7 * sign}h7z`
}

function fitted(layout: Layout, size: { width: number; height: number }, least: number): Camera {
  const across = (size.width - 2 * margin) / Math.max(1, layout.width)
  const down = (size.height - 2 * margin) / Math.max(1, layout.height)
  const k = Math.max(least, Math.min(1, across, down))
  const spare = size.height - layout.height * k
  // A wide graph begins in the middle of its first layer.
  const first = layout.width * k > size.width && layout.x.length > 0 ? (layout.x[0] as number) : layout.width / 2
  return { x: size.width / 2 - first * k, y: Math.max(margin, Math.min(spare / 2, 64)), k }
}

/** How far to move a stretch so that it is inside with a margin. */
function inside(start: number, length: number, room: number): number {
  if (start < margin) return margin - start
  const over = start + length - (room - margin)
  return over > 0 ? -Math.min(over, start - margin) : 0
}

/** Up to a cause, down to an effect, or aside in the same row. */
function neighbour(graph: Graph, layout: Layout, node: GraphNode, key: string, length: number): number | undefined {
  if (key === 'ArrowUp' || key === 'ArrowDown') {
    const up = key === 'ArrowUp'
    for (const index of node[up ? 'in' : 'out']) {
      const { from, to, rows } = graph.edges[index] as GraphEdge
      const other = up ? from : to
      if (other !== node.index && (rows[0] as number) < length && other < layout.x.length) return other
    }
    return undefined
  }
  const sign = key === 'ArrowLeft' ? -1 : 1
  let best: number | undefined
  let least = Number.POSITIVE_INFINITY
  for (const other of graph.nodes) {
    if ((other.rows[0] as number) >= length || layout.y[other.index] !== layout.y[node.index]) continue
    const apart = ((layout.x[other.index] as number) - (layout.x[node.index] as number)) * sign
    if (apart > 0 && apart < least) {
      least = apart
      best = other.index
    }
  }
  return best
}
