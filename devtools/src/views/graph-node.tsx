/** What a stacked node holds: its events, when its answers came, and which nodes it came from and led to. */
import { useMemo } from 'react'
import type { Book } from '../model/book.js'
import { callFigures } from '../model/figures.js'
import { type Answer, before, type Graph, type GraphNode } from '../model/graph.js'
import { nodeFacts } from '../model/graph-facts.js'
import { medianOf } from '../model/median.js'
import { cents, duration, grouped, seconds, usd } from '../model/numbers.js'
import { rowAt } from '../model/row.js'
import { Glyph, Icon } from './glyph.js'
import { Chip } from './parts.js'
import { Windowed } from './rows-in-sight.js'

export interface GraphNodeProps {
  readonly graph: Graph
  readonly book: Book
  readonly node: GraphNode
  readonly selected: number | undefined
  readonly dock: boolean
  readonly onOpen: (row: number) => void
  readonly onNode: (node: number) => void
  readonly onClose: () => void
}

export function GraphNodePanel({ graph, book, node, selected, dock, onOpen, onNode, onClose }: GraphNodeProps) {
  const { length } = book.events
  const now = Date.now()
  const facts = nodeFacts(graph, book, node, now)
  const call = book.calls.ofRow(node.rows[0] as number)
  const total = before(node.rows, length)
  const answers = node.answers.slice(
    0,
    before(
      node.answers.map(answer => answer.row),
      length
    )
  )
  const at = selected === undefined ? -1 : before(node.rows, book.calls.ofRow(selected)?.row ?? selected)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the graph grows, and its shape says so
  const kin = useMemo(() => {
    const all = graph.nodes.filter(({ glyph }) => glyph === node.glyph)
    return all.reduce((sum, { rows }) => sum + before(rows, length), 0)
  }, [graph, graph.shape, node.glyph, length])
  return (
    <aside className="inspector" aria-label={`Node ${facts.title}`}>
      <div className="head">
        <div className="name">
          <button type="button" className="icon back" aria-label="Back to the graph" onClick={onClose}>
            <Icon name="left" />
          </button>
          <Glyph name={facts.glyph} />
          <h2 className="clip" title={facts.title}>
            {facts.title}
          </h2>
          <span className="right chip">
            {grouped(total)} of {grouped(kin)} {words[node.glyph] ?? 'events'}
          </span>
        </div>
        {!dock && <p className="muted about">What belongs together. A row opens the event.</p>}
      </div>
      <div className="scroll">
        <section className="section members">
          <h3>
            Members <span className="right">{grouped(total)}</span>
          </h3>
          <div className={call ? 'member heads calls' : 'member heads'} aria-hidden="true">
            <span />
            <span>seq</span>
            <span className="r">time s</span>
            <span>for</span>
            {call && <span className="r">took</span>}
            {call && <span className="r">$</span>}
          </div>
          <div className="list" style={{ height: Math.min(dock ? 5 : 12, total) * 24 }}>
            <Windowed total={total} rowHeight={24} label="Members" shown={at}>
              {i => (
                <Member
                  key={i}
                  book={book}
                  row={node.rows[i] as number}
                  call={call !== undefined}
                  current={i === at}
                  now={now}
                  onOpen={onOpen}
                />
              )}
            </Windowed>
          </div>
          {call?.kind === 'llm' && answers.length > 0 && (
            <p className="total">
              Total <span className="right">{usd(answers.at(-1)?.costUsd, answers.at(-1)?.estimated)}</span>
            </p>
          )}
        </section>
        <Times answers={answers} />
        <Sides title="Causes" graph={graph} book={book} node={node} side="in" onNode={onNode} onOpen={onOpen} />
        <Sides title="Effects" graph={graph} book={book} node={node} side="out" onNode={onNode} onOpen={onOpen} />
      </div>
      <div className="foot">
        <span>Walk along causes and effects</span>
        <span className="right">
          <kbd>[</kbd>
          <kbd>]</kbd>
        </span>
      </div>
    </aside>
  )
}

const words: Readonly<Record<string, string>> = {
  request: 'requests',
  tool: 'tool calls',
  world: 'changes',
  relation: 'relations',
  error: 'errors'
}

function Member(props: {
  readonly book: Book
  readonly row: number
  readonly call: boolean
  readonly current: boolean
  readonly now: number
  readonly onOpen: (row: number) => void
}) {
  const { book, row, now, onOpen } = props
  const item = rowAt(book, row)
  const call = props.call ? book.calls.ofRow(row) : undefined
  const figures = call && callFigures(book, call, now)
  const hit = figures?.cache === 'hit' || figures?.cache === 'joined'
  return (
    <button
      type="button"
      className={props.call ? 'member calls' : 'member'}
      aria-current={props.current}
      onClick={() => onOpen(row)}
    >
      <Glyph name={figures?.state === 'failed' ? 'error' : hit ? 'cache' : (item?.glyph ?? 'other')} />
      <span className="mono">#{row + 1}</span>
      <span className="mono r muted">{seconds(book.times[row])}</span>
      <span className="clip" title={item?.summary.text}>
        {item?.summary.text}
      </span>
      {figures && (
        <span className="r">{hit ? <Chip chip={{ look: 'hit', text: 'HIT' }} /> : duration(figures.totalMs)}</span>
      )}
      {figures && (
        <span className="mono r">{call?.kind === 'tool' ? '' : cents(figures.costUsd, figures.estimated)}</span>
      )}
    </button>
  )
}

const maxDots = 200

/** Each answer as a dot where it came, so that a slow one is seen among quick ones. */
function Times({ answers }: { readonly answers: readonly Answer[] }) {
  const times = answers.flatMap(({ ms }) => (ms === undefined ? [] : [ms])).slice(-maxDots)
  const most = Math.max(...times)
  if (times.length < 2 || !(most > 0)) return null
  const middle = medianOf(times, times.length) ?? 0
  const x = (ms: number): string => `${(ms / most) * 100}%`
  return (
    <section className="section">
      <h3>
        Time to answer <span className="right">p50 {duration(middle)}</span>
      </h3>
      <div
        className="times"
        role="img"
        aria-label={`${times.length} ${times.length === 1 ? 'answer' : 'answers'}, in the middle ${duration(middle)}`}
      >
        <span className="middle" style={{ left: x(middle) }} />
        {times.map((ms, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: dots have no state and no name
          <span key={i} className="point" style={{ left: x(ms) }} />
        ))}
      </div>
      <p className="meta scale">
        <span>0 s</span>
        <span>{duration(most)}</span>
      </p>
    </section>
  )
}

const maxSides = 40
const maxRefs = 3

function Sides(props: {
  readonly title: string
  readonly graph: Graph
  readonly book: Book
  readonly node: GraphNode
  readonly side: 'in' | 'out'
  readonly onNode: (node: number) => void
  readonly onOpen: (row: number) => void
}) {
  const { title, graph, book, node, side, onNode, onOpen } = props
  const { length } = book.events
  const sides = node[side].flatMap(index => {
    const edge = graph.edges[index]
    const count = edge ? before(edge.rows, length) : 0
    const other = graph.nodes[(side === 'in' ? edge?.from : edge?.to) ?? -1]
    return edge && other && count > 0 ? [{ index, edge, count, other }] : []
  })
  const now = Date.now()
  return (
    <section className="section">
      <h3>
        {title} <span className="right">{sides.length}</span>
      </h3>
      {sides.length === 0 && <p className="muted">{side === 'in' ? 'None: these came from outside.' : 'None yet.'}</p>}
      {sides.slice(0, maxSides).map(({ index, edge, count, other }) => {
        const { glyph, title: name } = nodeFacts(graph, book, other, now)
        return (
          <p className="side" key={index}>
            <button type="button" onClick={() => onNode(other.index)} title={name}>
              <Glyph name={glyph} />
              <span className="clip">{other === node ? 'itself' : name}</span>
            </button>
            {side === 'out' &&
              [...new Set(edge.rows.slice(0, Math.min(maxRefs, count)))].map(row => (
                <button type="button" className="ref mono" key={row} onClick={() => onOpen(row)}>
                  #{row + 1}
                </button>
              ))}
            {side === 'out' && count > maxRefs && <span className="muted">+ {count - maxRefs}</span>}
            {side === 'in' && <span className="muted mono">× {count}</span>}
          </p>
        )
      })}
      {sides.length > maxSides && (
        <p className="meta">
          {maxSides} of {sides.length} are shown.
        </p>
      )}
    </section>
  )
}
