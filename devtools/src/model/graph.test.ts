import { expect, test } from 'vitest'
import { answered, asked, bookOf, event } from './events.fixture.js'
import { before, type Graph, type GraphMode, graphFold, pathOf } from './graph.js'
import { nodeFacts } from './graph-facts.js'

const object = (id: string, type: string, cause: readonly string[] = []): unknown =>
  event('object.created', `made ${id}`, { id, type, data: { text: `about ${id}` } }, { cause })

function run(): ReturnType<typeof bookOf> {
  return bookOf(
    object('g', 'Goal'),
    object('q1', 'Question', ['made g']),
    object('q2', 'Question', ['made g']),
    asked('r1', 'one?', 10, ['made q1']),
    asked('r2', 'two?', 10, ['made q2']),
    answered('a1', 'r1', { cost_usd: 0.001 }),
    answered('a2', 'r2', { cost_usd: 0.003, latency_ms: 3000 }),
    event('object.patched', 'p1', { id: 'q1', patch: { status: 'complete' } }, { cause: ['a1'] }),
    event('object.patched', 'p2', { id: 'q2', patch: { status: 'complete' } }, { cause: ['a2', 'a1', 'a2'] })
  )
}

function graph(mode: GraphMode, book = run(), limit?: number): Graph {
  const fold = graphFold(mode, limit)
  while (fold.take(book, 3));
  return fold
}

const drawn = ({ nodes, edges }: Graph): string[] =>
  edges.map(
    ({ from, to, rows }) => `${nodes[from]?.name} ${nodes[from]?.rows[0]} > ${nodes[to]?.rows[0]} x${rows.length}`
  )

test('expanded, a call is one node with its answer, and each cause is an edge', () => {
  const expanded = graph('expanded')
  expect(expanded.nodes).toHaveLength(7)
  expect(drawn(expanded)).toEqual([
    'Goal 0 > 1 x1',
    'Goal 0 > 2 x1',
    'Question 1 > 3 x1',
    'Question 2 > 4 x1',
    'gpt-5-mini 3 > 7 x1',
    'gpt-5-mini 4 > 8 x1',
    'gpt-5-mini 3 > 8 x1'
  ])
})

test('aggregated, events of a type by one actor and model are one node, and edges have counts', () => {
  const aggregated = graph('aggregated')
  expect(aggregated.nodes.map(({ name, rows }) => `${name} ${rows.length}`)).toEqual([
    'Goal 1',
    'Question 4',
    'gpt-5-mini 2'
  ])
  expect(drawn(aggregated)).toEqual(['Goal 0 > 1 x2', 'Question 1 > 3 x2', 'gpt-5-mini 3 > 1 x3'])
})

test('aggregated, an object is one node with its changes and with what its maker ties it to, and a kit is none', () => {
  const tie = (id: string, from: string, actor: string): unknown =>
    event('relation.created', id, { id, type: 'about', source_id: from, target_id: 'g' }, { cause: ['made g'], actor })
  const book = bookOf(
    event('kit.loaded', 'kit', { name: 'council' }),
    object('g', 'Goal', ['kit']),
    object('q1', 'Question', ['made g']),
    tie('t1', 'q1', 'research.finder'),
    tie('t2', 'q1', 'research.reviewer'),
    event('object.patched', 'p1', { id: 'q1', patch: { text: 'new' } }, { cause: ['t2'] }),
    event('object.patched', 'p2', { id: 'g', patch: { text: 'done' } }, { cause: ['p1'] })
  )
  const aggregated = graph('aggregated', book)
  expect(aggregated.nodes.map(({ name, rows, depth }) => [name, rows, depth])).toEqual([
    ['Goal', [1, 6], 0],
    ['Question', [2, 3, 5], 1],
    ['about', [4], 1]
  ])
  expect(drawn(aggregated)).toEqual(['Goal 1 > 2 x1', 'Goal 1 > 4 x1', 'about 4 > 2 x1', 'Question 2 > 1 x1'])
  const [goal, question] = aggregated.nodes as [Graph['nodes'][number], Graph['nodes'][number]]
  expect(nodeFacts(aggregated, book, question, 0)).toMatchObject({ title: 'Question', meta: 'new', count: 1 })
  expect(nodeFacts(aggregated, book.at(6), goal, 0)).toMatchObject({ title: 'Goal', meta: 'about g', seq: 2 })
})

test('tools that one actor calls are one node', () => {
  const call = (name: string): unknown => event('tool.called', name, { name, call_id: name, arguments: {} })
  const book = bookOf(call('search_web'), call('fetch_page'), call('search_web 2'))
  expect(graph('aggregated', book).nodes.map(({ name }) => name)).toEqual(['search_web, fetch_page, search_web 2'])
})

test('what comes back to a node later is not on the path of what it did before', () => {
  const aggregated = graph(
    'aggregated',
    bookOf(
      object('q', 'Question'),
      object('f', 'Finding', ['made q']),
      object('o', 'Other', ['made q']),
      event('object.patched', 'p', { id: 'q', patch: {} }, { cause: ['made f'] })
    )
  )
  expect([...pathOf(aggregated, 1, 4).nodes].sort()).toEqual([0, 1])
  expect([...pathOf(aggregated, 0, 4).nodes].sort()).toEqual([0, 1, 2])
})

test('a node says what it was at the playhead: count, cost, hits and the median time', () => {
  const book = run()
  const aggregated = graph('aggregated', book)
  const call = aggregated.nodes[2] as Graph['nodes'][number]
  expect(nodeFacts(aggregated, book, call, 0)).toMatchObject({ title: 'finder, gpt-5-mini', count: 2, seq: undefined })
  expect(nodeFacts(aggregated, book, call, 0).meta.replaceAll('\u00a0', ' ')).toBe('$0.0040, p50 2.00 s')
  const then = book.at(6)
  expect(nodeFacts(aggregated, then, call, 0).meta.replaceAll('\u00a0', ' ')).toBe('$0.0010, p50 1.00 s')
  expect(nodeFacts(aggregated, book.at(4), call, 0)).toMatchObject({ meta: 'waiting', count: 1, seq: 4 })
  expect(nodeFacts(aggregated, book, aggregated.nodes[0] as Graph['nodes'][number], 0)).toMatchObject({
    title: 'Goal',
    meta: 'about g'
  })
})

test('the path of a node is all that led to it and all that it led to, as of the playhead', () => {
  const expanded = graph('expanded')
  expect([...pathOf(expanded, 3, 9).nodes].sort()).toEqual([0, 1, 3, 5, 6])
  expect([...pathOf(expanded, 3, 7).nodes].sort()).toEqual([0, 1, 3])
})

test('what an event names that is not there, comes later or is itself leads nowhere', () => {
  const book = bookOf(object('a', 'A', ['made b', 'made a', 'gone']), object('b', 'B', ['made a']))
  expect(drawn(graph('expanded', book))).toEqual(['A 0 > 1 x1'])
})

test('too many nodes are counted and not drawn', () => {
  const book = bookOf(...Array.from({ length: 30 }, (_, i) => object(`o${i}`, `Type ${i}`)))
  expect(graph('expanded', book, 10)).toMatchObject({ tooMany: 30, nodes: [], edges: [] })
})

test('groups that are too many become coarser: by type, then by family', () => {
  const types = bookOf(...Array.from({ length: 30 }, (_, i) => object(`o${i}`, `Type ${i}`)))
  expect(graph('aggregated', types, 10).nodes.map(({ name, rows }) => [name, rows.length])).toEqual([
    ['object.created', 30]
  ])
  const kinds = bookOf(...Array.from({ length: 30 }, (_, i) => event(`acme.${i}`, `e${i}`)))
  expect(graph('aggregated', kinds, 10).nodes.map(({ rows }) => rows.length)).toEqual([30])
})

test('an event that names a thousand causes has sixty-four edges, and the rest is counted', () => {
  const many = Array.from({ length: 200 }, (_, i) => object(`o${i}`, 'O'))
  const cause = many.map((_, i) => `made o${i}`)
  const expanded = graph('expanded', bookOf(...many, object('end', 'End', cause)))
  expect(expanded.edges).toHaveLength(64)
  expect(expanded.skipped).toBe(136)
})

test('hostile names are names like any other', () => {
  const book = bookOf(
    object('__proto__', 'constructor'),
    object('toString', '__proto__', ['made __proto__']),
    7,
    null,
    {
      id: 'x',
      type: 'object.created',
      data: { id: 5, type: { a: 1 } },
      cause: 'none'
    }
  )
  const aggregated = graph('aggregated', book)
  expect(aggregated.nodes.map(({ name }) => name)).toEqual(['constructor', '__proto__', 'malformed', 'Object'])
  for (const node of aggregated.nodes) expect(nodeFacts(aggregated, book, node, 0).title).not.toBe('')
})

test('the rows before a playhead are found among many', () => {
  expect(before([0, 4, 9], 0)).toBe(0)
  expect(before([0, 4, 9], 5)).toBe(2)
  expect(before([0, 4, 9], 10)).toBe(3)
})
