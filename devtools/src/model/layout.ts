/**
 * Where the boxes of a layered graph stand. Deterministic, and bounded: each step is linear or sorts one layer, and
 * there is a fixed number of sweeps. It comes as a generator, so that a page can do it piece by piece between frames.
 */

export interface LayoutInput {
  /** Boxes are numbers from 0, in the order in which they came to be: what points backwards in it closes a cycle. */
  readonly count: number
  readonly edges: readonly (readonly [from: number, to: number])[]
  /** The layer of each box, where it is given; -1 is below all others. Otherwise each stands one layer below the last of its causes. */
  readonly layers?: readonly number[]
  /** A box's size along its layer, and across it. */
  readonly across: number
  readonly along: number
  /** Between boxes of a layer, and between layers. */
  readonly gap: number
  readonly between: number
  /** A layer is ordered by those before it alone: what comes of boxes does not move them. */
  readonly forward?: boolean
  /** Of a wider layer, the rest goes into further rows. */
  readonly perRow?: number
}

export interface Point {
  readonly x: number
  readonly y: number
}

export interface Layout {
  /** The middle of each box along its layer, and its beginning across. */
  readonly x: Float64Array
  readonly y: Float64Array
  readonly layer: Int32Array
  readonly width: number
  readonly height: number
  /** By edge: where it passes the layers between its ends, in the direction of the edge. */
  readonly bends: readonly (readonly Point[])[]
}

const sweeps = 8
/** Edges that cross layers take a place in each, so that they do not run through boxes. So many places in all. */
const maxPlaces = 4000
const placeWidth = 24

export function* layoutSteps(input: LayoutInput): Generator<void, Layout> {
  const { count, edges, across, along, gap, between, perRow = 24 } = input
  const layer = input.layers ? Int32Array.from(input.layers) : yield* layersOf(count, edges)
  // A cell is a box, or the place where an edge passes a layer.
  const cellLayer: number[] = Array.from(layer)
  const above: number[][] = Array.from({ length: count }, () => [])
  const below: number[][] = Array.from({ length: count }, () => [])
  const passes: number[][] = edges.map(() => [])
  const join = (upper: number, lower: number): void => {
    ;(below[upper] as number[]).push(lower)
    ;(above[lower] as number[]).push(upper)
  }
  for (const [at, [a, b]] of edges.entries()) {
    if ((at & 511) === 511) yield
    const [upper, lower] = valueAt(layer, a) <= valueAt(layer, b) ? [a, b] : [b, a]
    const [from, to] = [valueAt(layer, upper), valueAt(layer, lower)]
    if (from === to) continue
    let last = upper
    if (to - from > 1 && cellLayer.length - count + to - from <= maxPlaces) {
      for (let place = from + 1; place < to; place++) {
        const cell = cellLayer.push(place) - 1
        above.push([])
        below.push([])
        passes[at]?.push(cell)
        join(last, cell)
        last = cell
      }
    }
    join(last, lower)
  }

  // What is tied to nothing stands below all else, in a block.
  const tied: number[][] = []
  const loose: number[] = []
  for (let cell = 0; cell < cellLayer.length; cell++) {
    const alone = above[cell]?.length === 0 && below[cell]?.length === 0
    const free = alone && (!input.layers || valueAt(cellLayer, cell) < 0)
    if (free) loose.push(cell)
    else {
      const row = valueAt(cellLayer, cell)
      while (tied.length <= row) tied.push([])
      tied[row]?.push(cell)
    }
  }
  const layers = tied.filter(cells => cells.length > 0)

  const place = new Float64Array(cellLayer.length)
  // As a part of the layer: an index of a long layer says nothing beside one of a short layer.
  const number = (cells: readonly number[]): void => {
    for (const [at, cell] of cells.entries()) place[cell] = (at + 0.5) / cells.length
  }
  for (const cells of layers) number(cells)
  for (let sweep = 0; sweep < sweeps; sweep++) {
    const down = input.forward || sweep % 2 === 0
    for (const cells of down ? layers : layers.toReversed()) {
      const wish = new Map(cells.map(cell => [cell, mean((down ? above : below)[cell], place) ?? valueAt(place, cell)]))
      cells.sort((a, b) => (wish.get(a) as number) - (wish.get(b) as number) || valueAt(place, a) - valueAt(place, b))
      number(cells)
      yield
    }
  }

  const rows: number[][] = []
  for (const cells of layers) {
    // Rows of about the same length: 25 are 13 and 12, not 24 and 1.
    const boxes = cells.filter(cell => cell < count).length
    const size = boxes <= perRow ? cells.length : Math.ceil(cells.length / Math.ceil(boxes / perRow))
    for (let from = 0; from < cells.length; from += size) rows.push(cells.slice(from, from + size))
  }
  const block = Math.min(8, Math.max(1, Math.ceil(Math.sqrt(loose.length * 2))))
  const firstLoose = rows.length
  for (let from = 0; from < loose.length; from += block) rows.push(loose.slice(from, from + block))

  const width = (cell: number): number => (cell < count ? across : placeWidth)
  const middle = new Float64Array(cellLayer.length)
  for (const cells of rows)
    pack(
      cells,
      cells.map(() => 0),
      middle,
      width,
      gap
    )
  for (let sweep = 0; sweep < sweeps; sweep++) {
    const down = sweep % 2 === 0
    const tiedRows = rows.slice(0, firstLoose)
    for (const cells of down ? tiedRows : tiedRows.reverse()) {
      const wishes = cells.map(cell => {
        const near =
          sweep < sweeps - 2 ? (down ? above : below)[cell] : [...listAt(above, cell), ...listAt(below, cell)]
        return mean(near, middle) ?? valueAt(middle, cell)
      })
      pack(cells, wishes, middle, width, gap)
      yield
    }
  }

  // What is loose stands under the middle of the rest.
  const tiedX = rows.slice(0, firstLoose).flatMap(cells => cells.map(cell => valueAt(middle, cell)))
  const centre = tiedX.length > 0 ? (Math.min(...tiedX) + Math.max(...tiedX)) / 2 : 0
  for (const cells of rows.slice(firstLoose))
    pack(
      cells,
      cells.map(() => centre),
      middle,
      width,
      gap
    )

  const top = new Float64Array(cellLayer.length)
  let y = 0
  let previous = -1
  for (const [at, cells] of rows.entries()) {
    const of = valueAt(cellLayer, cells[0] ?? 0)
    // Rows of one layer stand closer than layers do.
    if (at > 0) y += along + (at >= firstLoose ? (at === firstLoose ? between : 16) : of === previous ? 16 : between)
    previous = of
    for (const cell of cells) top[cell] = y
  }
  let least = Number.POSITIVE_INFINITY
  let most = Number.NEGATIVE_INFINITY
  for (const cells of rows) {
    for (const cell of cells) {
      least = Math.min(least, valueAt(middle, cell) - width(cell) / 2)
      most = Math.max(most, valueAt(middle, cell) + width(cell) / 2)
    }
  }
  if (count === 0) [least, most] = [0, 0]
  return {
    x: middle.slice(0, count).map(value => value - least),
    y: top.slice(0, count),
    layer,
    width: most - least,
    height: count === 0 ? 0 : y + along,
    bends: passes.map((cells, edge) => {
      const points = cells.map(cell => ({ x: valueAt(middle, cell) - least, y: valueAt(top, cell) }))
      const [a, b] = edges[edge] as readonly [number, number]
      return valueAt(layer, a) <= valueAt(layer, b) ? points : points.reverse()
    })
  }
}

/** All at once, for what is small. */
export function layoutOf(input: LayoutInput): Layout {
  const steps = layoutSteps(input)
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
  }
}

/** The longest path from a beginning; an edge back in time counts as its reverse. */
function* layersOf(count: number, edges: LayoutInput['edges']): Generator<void, Int32Array> {
  const layer = new Int32Array(count)
  const effects: number[][] = Array.from({ length: count }, () => [])
  const caused = new Uint8Array(count)
  for (const [a, b] of edges) {
    if (a === b) continue
    listAt(effects, Math.min(a, b)).push(Math.max(a, b))
    caused[Math.max(a, b)] = 1
  }
  yield
  for (let box = 0; box < count; box++) {
    for (const effect of listAt(effects, box)) layer[effect] = Math.max(valueAt(layer, effect), valueAt(layer, box) + 1)
  }
  // A beginning stands right above what it led to, however late that was.
  for (let box = 0; box < count; box++) {
    let next = Number.POSITIVE_INFINITY
    if (!caused[box]) for (const effect of listAt(effects, box)) next = Math.min(next, valueAt(layer, effect))
    if (Number.isFinite(next)) layer[box] = next - 1
  }
  yield
  return layer
}

/**
 * Sets the cells of a row as near to their wishes as their widths allow, in their order: neighbours that would overlap
 * become one group, which stands at the mean of what its cells wish.
 */
function pack(
  cells: readonly number[],
  wishes: readonly number[],
  middle: Float64Array,
  width: (cell: number) => number,
  gap: number
): void {
  const offsets: number[] = []
  const groups: { sum: number; size: number }[] = []
  let offset = 0
  for (const [i, cell] of cells.entries()) {
    if (i > 0) offset += (width(cells[i - 1] as number) + width(cell)) / 2 + gap
    offsets.push(offset)
    let group = { sum: (wishes[i] as number) - offset, size: 1 }
    for (let last = groups.at(-1); last && last.sum / last.size >= group.sum / group.size; last = groups.at(-1)) {
      groups.pop()
      group = { sum: group.sum + last.sum, size: group.size + last.size }
    }
    groups.push(group)
  }
  let i = 0
  for (const { sum, size } of groups) {
    for (let n = 0; n < size; n++, i++) middle[cells[i] as number] = sum / size + (offsets[i] as number)
  }
}

function mean(cells: readonly number[] | undefined, values: Float64Array): number | undefined {
  if (!cells || cells.length === 0) return undefined
  let sum = 0
  for (const cell of cells) sum += valueAt(values, cell)
  return sum / cells.length
}

function listAt<T>(lists: readonly T[], index: number): T {
  return lists[index] as T
}

function valueAt(values: { readonly [index: number]: number }, index: number): number {
  return values[index] as number
}
