import { expect, test } from 'vitest'
import { type Layout, type LayoutInput, layoutOf } from './layout.js'

const size = { across: 200, along: 48, gap: 28, between: 40 }

function lay(count: number, edges: LayoutInput['edges'], more: Partial<LayoutInput> = {}): Layout {
  return layoutOf({ count, edges, ...size, ...more })
}

function overlaps(layout: Layout): boolean {
  const boxes = [...layout.x].map((x, i) => ({ x, y: layout.y[i] as number }))
  return boxes.some((a, i) => boxes.some((b, j) => j > i && Math.abs(a.x - b.x) < 200 && Math.abs(a.y - b.y) < 48))
}

test('an effect stands below all of its causes', () => {
  const layout = lay(4, [
    [0, 1],
    [0, 2],
    [1, 3],
    [2, 3],
    [0, 3]
  ])
  expect([...layout.layer]).toEqual([0, 1, 1, 2])
  expect(layout.x[0]).toBeCloseTo(layout.x[3] as number)
  expect(overlaps(layout)).toBe(false)
})

test('an edge back in time closes a cycle and lifts nothing', () => {
  const layout = lay(3, [
    [0, 1],
    [1, 2],
    [2, 1],
    [2, 0],
    [1, 1]
  ])
  expect([...layout.layer]).toEqual([0, 1, 2])
})

test('an edge across layers passes beside the boxes between', () => {
  const layout = lay(3, [
    [0, 1],
    [1, 2],
    [0, 2]
  ])
  const bend = layout.bends[2]?.[0]
  expect(bend?.y).toBe(layout.y[1])
  expect(Math.abs((bend?.x ?? 0) - (layout.x[1] as number))).toBeGreaterThanOrEqual(100)
})

test('branches that do not touch are drawn without a crossing', () => {
  const layout = lay(6, [
    [0, 5],
    [1, 4],
    [2, 3]
  ])
  const order = (cells: number[]): number[] => cells.sort((a, b) => (layout.x[a] as number) - (layout.x[b] as number))
  expect(order([0, 1, 2]).map(cell => 5 - cell)).toEqual(order([3, 4, 5]))
})

test('a beginning that led to something late stands right above it', () => {
  expect([
    ...lay(5, [
      [0, 1],
      [1, 2],
      [2, 4],
      [3, 4]
    ]).layer
  ]).toEqual([0, 1, 2, 2, 3])
})

test('a wide layer goes on in further rows, and what is tied to nothing becomes a block', () => {
  const wide = lay(
    101,
    Array.from({ length: 100 }, (_, i) => [0, i + 1] as const)
  )
  expect(wide.width).toBeLessThan(25 * 228)
  expect(overlaps(wide)).toBe(false)
  const loose = lay(50, [])
  expect(loose.width).toBeLessThanOrEqual(8 * 228)
  expect(overlaps(loose)).toBe(false)
})

test('given layers are kept', () => {
  const layout = lay(3, [[0, 2]], { layers: [0, 0, 1] })
  expect(layout.y[0]).toBe(layout.y[1])
  expect(layout.y[2]).toBe(88)
})

test('the same graph always gets the same places, and a graph of nothing has no size', () => {
  const edges = Array.from({ length: 300 }, (_, i) => [(i * 7) % 100, (i * 13) % 100] as const)
  expect(lay(100, edges)).toEqual(lay(100, edges))
  expect(lay(0, [])).toMatchObject({ width: 0, height: 0 })
})

test('two thousand boxes in a chain with edges over all of it keep to the places there are', () => {
  const chain = Array.from({ length: 1999 }, (_, i) => [i, i + 1] as const)
  const far = Array.from({ length: 1000 }, (_, i) => [i, 1999 - i] as const)
  const layout = lay(2000, [...chain, ...far])
  expect(layout.bends.reduce((sum, bends) => sum + bends.length, 0)).toBeLessThanOrEqual(4000)
  expect([...layout.x].every(Number.isFinite)).toBe(true)
})
