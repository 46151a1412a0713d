/** Who caused what, exactly as the events say it: each event, or events of a kind as one node. */
import { useMemo, useState } from 'react'
import { before, pathOf } from '../model/graph.js'
import { grouped } from '../model/numbers.js'
import { usePanel } from '../state/context.js'
import css from '../styles/graph.css?inline'
import tools from '../styles/view-tools.css?inline'
import { useSheet } from './adopt.js'
import { Icon } from './glyph.js'
import { GraphCanvas } from './graph-canvas.js'
import { GraphNodePanel } from './graph-node.js'
import { Inspector } from './inspector.js'
import type { ViewProps } from './registry.js'
import { Segmented } from './segmented.js'
import { useGraph } from './use-graph.js'

const modes = [
  { name: 'aggregated', label: 'Aggregated', title: 'Events of a kind are one node' },
  { name: 'expanded', label: 'Expanded', title: 'Each event is a node, and a call is one with its answer' }
] as const

export function Graph({ run, dock }: ViewProps) {
  useSheet(tools)
  useSheet(css)
  const panel = usePanel()
  const [wanted, setWanted] = useState<'aggregated' | 'expanded'>('aggregated')
  /** The member of a stack that the inspector shows in place of the stack. */
  const [opened, setOpened] = useState<number | undefined>(undefined)
  const whole = useGraph(run.book, wanted)
  const mode = wanted === 'expanded' && whole.graph.tooMany > 0 ? 'aggregated' : wanted
  const fallback = useGraph(run.book, mode)
  const { graph, layout, busy } = mode === wanted ? whole : fallback
  const book = run.shown
  const { length } = book.events
  const { selected } = panel
  const node = selected === undefined || selected >= length ? undefined : graph.nodes[graph.byRow[selected] ?? -1]
  const at = node?.index
  const path = useMemo(
    () => (at === undefined ? undefined : pathOf(graph, at, length)),
    [graph, graph.shape, at, length]
  )

  const pick = (index: number): void => {
    const row = graph.nodes[index]?.rows[0]
    setOpened(undefined)
    if (row !== undefined) panel.select(row)
  }
  const stack = node && mode === 'aggregated' && before(node.rows, length) > 1 ? node : undefined
  const listed = stack && opened !== selected ? stack : undefined
  const nodes = graph.nodes.reduce((sum, { rows }) => sum + ((rows[0] as number) < length ? 1 : 0), 0)
  return (
    <div className={panel.sheet ? 'graph with-aside alone' : 'graph with-aside'}>
      <div className="view-tools">
        <span className="muted" aria-live="polite">
          {`${grouped(length)} ${length === 1 ? 'event' : 'events'} in ${grouped(nodes)} ${nodes === 1 ? 'node' : 'nodes'}`}
        </span>
        <Segmented label="Nodes" items={modes} value={mode} onChange={setWanted} />
      </div>
      <div className="stage">
        {whole.graph.tooMany > 0 && (
          <p className="notice" role="status">
            {grouped(whole.graph.tooMany)} nodes are too many to draw one by one, so they are aggregated.
          </p>
        )}
        {graph.skipped > 0 && (
          <p className="notice" role="status">
            {grouped(graph.skipped)} causes are not drawn: some events name more than 64.
          </p>
        )}
        {length === 0 ? (
          <p className="none">No event yet. Each one becomes a node here, tied to what caused it.</p>
        ) : layout ? (
          <GraphCanvas
            key={mode}
            {...{ graph, layout, book, path }}
            selected={node?.index}
            onPick={pick}
            onEnter={() => setOpened(selected)}
          />
        ) : (
          <p className="none" role="status">
            {busy === 'placing'
              ? `Placing ${grouped(graph.nodes.length)} nodes…`
              : `Reading ${grouped(run.book.events.length)} events…`}
          </p>
        )}
      </div>
      {panel.sheet ? null : listed ? (
        <GraphNodePanel
          {...{ graph, book, dock, selected }}
          node={listed}
          onNode={pick}
          onOpen={row => {
            setOpened(row)
            panel.select(row)
          }}
          onClose={() => panel.select(undefined)}
        />
      ) : stack ? (
        <div className="inspector stacked">
          <button type="button" className="aside-back" onClick={() => setOpened(undefined)}>
            <Icon name="left" />
            <span className="clip">
              All {grouped(before(stack.rows, length))} of {stack.actor || stack.name}
            </span>
          </button>
          <Inspector run={run} dock={dock} />
        </div>
      ) : (
        <Inspector run={run} dock={dock} />
      )}
    </div>
  )
}
