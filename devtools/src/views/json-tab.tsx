/** The event as a tree of lines of one height, of which only those in sight are in the page. */

import { type KeyboardEvent, useDeferredValue, useMemo, useState } from 'react'
import {
  type JsonLine,
  type JsonView,
  jsonLines,
  jsonMatches,
  maxString,
  revealed,
  valueAt
} from '../model/json-tree.js'
import { masked } from '../model/mask.js'
import { Icon } from './glyph.js'
import { toggle } from './json.js'
import { copy } from './parts.js'
import { ScrolledRows } from './scrolled-rows.js'

const lineHeight = 19
const maxLines = 20_000

/** The paths that stay on top, for each type of event, as long as the page is open. */
const pins = new Map<string, readonly string[]>()
const usual: JsonView = { flipped: new Set(), whole: new Set() }

export function JsonTab({ value, type }: { readonly value: unknown; readonly type: string }) {
  const [view, setView] = useState(usual)
  const [path, setPath] = useState<string>()
  const [typed, setTyped] = useState('')
  const [pinned, setPinned] = useState(pins.get(type) ?? [])
  const words = useDeferredValue(typed.trim())
  const found = useMemo(() => (words === '' ? undefined : jsonMatches(value, words)), [value, words])
  const tree = useMemo(() => jsonLines(value, view, maxLines), [value, view])
  const lines = found?.lines ?? tree
  const at = path === undefined ? -1 : lines.findIndex(line => line.path === path)
  const line = lines[at]

  const pin = (item: string): void => {
    const next = pinned.includes(item) ? pinned.filter(other => other !== item) : [...pinned, item].slice(-20)
    pins.set(type, next)
    setPinned(next)
  }
  /** Shows a line of the search, or of the pins, where it stands in the tree. */
  const show = (item: string): void => {
    setView(revealed(value, item, view))
    setTyped('')
    setPath(item)
  }
  const act = (item: JsonLine): void => {
    if (found) show(item.path)
    else if (item.kind === 'more') setView({ ...view, whole: toggle(view.whole, item.path.replace(/#more$/, '')) })
    else if (item.kind === 'open' || item.kind === 'closed') {
      setPath(item.path)
      setView({ ...view, flipped: toggle(view.flipped, item.path) })
    } else setPath(item.kind === 'end' ? item.path.replace(/#end$/, '') : item.path)
  }
  const onKey = (event: KeyboardEvent): void => {
    const steps: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, PageDown: 20, PageUp: -20 }
    const step = Object.hasOwn(steps, event.key) ? steps[event.key] : undefined
    const next = (to: number): void => setPath(lines[Math.max(0, Math.min(lines.length - 1, to))]?.path)
    if (step !== undefined) next(at + step)
    else if (event.key === 'Home') next(0)
    else if (event.key === 'End') next(lines.length - 1)
    else if (line && event.key === 'Enter') act(line)
    else if (line?.kind === 'closed' && event.key === 'ArrowRight') act(line)
    else if (line?.kind === 'open' && event.key === 'ArrowLeft') act(line)
    else if (line && event.key === 'p') pin(line.path)
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  return (
    <div className="json-tab">
      <div className="json-find">
        <Icon name="search" />
        <input
          type="search"
          placeholder="Search names and values"
          aria-label="Search in this event"
          value={typed}
          onChange={event => setTyped(event.target.value)}
          onKeyDown={event => {
            event.stopPropagation()
            const first = found?.lines[0]
            if (event.key === 'Enter' && first) show(first.path)
            if (event.key === 'Escape') setTyped('')
          }}
        />
        {found && (
          <span className="meta" role="status">
            {found.lines.length}
            {found.more ? ' and more' : ''}
          </span>
        )}
      </div>
      {pinned.length > 0 && (
        <div className="json-pins">
          {pinned.map(item => (
            <Pinned
              key={item}
              path={item}
              value={valueAt(value, item)}
              onShow={() => show(item)}
              onPin={() => pin(item)}
            />
          ))}
        </div>
      )}
      {found && found.lines.length === 0 && <p className="meta json-none">Nothing here has these words.</p>}
      <div
        className="json tree"
        role="tree"
        tabIndex={0}
        aria-label="The event as JSON"
        aria-activedescendant={at >= 0 ? `jl-${at}` : undefined}
        onKeyDown={onKey}
      >
        <ScrolledRows count={lines.length} rowHeight={lineHeight} reveal={at >= 0 ? at : undefined}>
          {i => <Line key={i} at={i} line={lines[i] as JsonLine} selected={i === at} onAct={act} />}
        </ScrolledRows>
      </div>
      {tree.length >= maxLines && <p className="meta json-none">The first {maxLines} lines are shown: fold some.</p>}
      {line && path !== undefined && line.kind !== 'end' && line.kind !== 'more' && (
        <Detail
          key={path}
          path={path}
          value={valueAt(value, path)}
          pinned={pinned.includes(path)}
          onPin={() => pin(path)}
        />
      )}
    </div>
  )
}

function Line(props: {
  readonly line: JsonLine
  readonly at: number
  readonly selected: boolean
  readonly onAct: (line: JsonLine) => void
}) {
  const { line, at, selected, onAct } = props
  const folds = line.kind === 'open' || line.kind === 'closed'
  const text = line.kind === 'more' ? `show ${line.text}` : masked(line.text)
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the tree holds the focus and names its active line
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree has the keys
    <div
      id={`jl-${at}`}
      role="treeitem"
      aria-level={line.depth + 1}
      aria-selected={selected}
      aria-expanded={folds ? line.kind === 'open' : undefined}
      className={selected ? 'jl selected' : 'jl'}
      style={{ paddingLeft: Math.min(line.depth, 16) * 13 }}
      title={`${line.name ?? ''} ${text}`.slice(0, 1000)}
      onClick={() => onAct(line)}
    >
      <span className="twist">{folds && <Icon name={line.kind === 'open' ? 'down' : 'right'} size={10} />}</span>
      <span className="v clip">
        {line.name !== undefined && <span className="k">{line.name}: </span>}
        <span className={line.type === 'null' || line.kind === 'closed' || line.kind === 'more' ? 'w' : undefined}>
          {text.slice(0, 300)}
        </span>
      </span>
      {line.cut > 0 && <span className="meta">+ {line.cut}</span>}
    </div>
  )
}

function Pinned(props: {
  readonly path: string
  readonly value: unknown
  readonly onShow: () => void
  readonly onPin: () => void
}) {
  const { path, value, onShow, onPin } = props
  const text = textOf(value)
  return (
    <div className="json-pin">
      <button type="button" className="clip" title={path} onClick={onShow}>
        {path}
      </button>
      <span className="mono clip" title={text.slice(0, 1000)}>
        {text.slice(0, 200)}
      </span>
      <button type="button" className="icon" aria-label={`Unpin ${path}`} title="Unpin" onClick={onPin}>
        <Icon name="close" size={10} />
      </button>
    </div>
  )
}

/** What is selected: its path, and its value as far as one wants to see it. */
function Detail(props: {
  readonly path: string
  readonly value: unknown
  readonly pinned: boolean
  readonly onPin: () => void
}) {
  const { path, value, pinned, onPin } = props
  const [room, setRoom] = useState(maxString)
  const text = typeof value === 'string' ? value : undefined
  return (
    <div className="json-detail">
      <div className="json-path">
        <span className="mono muted clip" title={path}>
          {path}
        </span>
        <CopyWords label="Copy path" text={() => path} />
        <CopyWords label="Copy value" text={() => text ?? textOf(value, 2)} />
        <button
          type="button"
          className="button"
          aria-pressed={pinned}
          title="Keep it on top for this type of event (p)"
          onClick={onPin}
        >
          <Icon name="pin" />
          {pinned ? 'Unpin' : 'Pin'}
        </button>
      </div>
      {text !== undefined && text.length > 40 && (
        <div className="json-text">
          {text.slice(0, room)}
          {text.length > room && (
            <button type="button" className="more" onClick={() => setRoom(room * 8)}>
              {' '}
              … {text.length - room} more characters
            </button>
          )}
        </div>
      )}
    </div>
  )
}

export function CopyWords({ label, text }: { readonly label: string; readonly text: () => string }) {
  const [done, setDone] = useState(false)
  return (
    <button
      type="button"
      className="button"
      onClick={() => void copy(text()).then(setDone)}
      onBlur={() => setDone(false)}
    >
      <Icon name={done ? 'check' : 'copy'} />
      {done ? 'Copied' : label}
    </button>
  )
}

function textOf(value: unknown, indent?: number): string {
  if (value === undefined) return '–'
  return JSON.stringify(value, null, indent)
}
