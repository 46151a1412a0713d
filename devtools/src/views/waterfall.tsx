/** The waterfall: when each call waited, had its first token and streamed, by what it belongs to. */

import { type PointerEvent, type KeyboardEvent as ReactKey, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { groupName } from '../model/groups.js'
import { masked } from '../model/mask.js'
import { duration, grouped } from '../model/numbers.js'
import { piecesOf } from '../model/pieces.js'
import { leading } from '../model/sorted.js'
import { type Bar, endAt, waterfallOf } from '../model/waterfall.js'
import { type Line, linesOf, others, place } from '../model/waterfall-lines.js'
import { usePanel } from '../state/context.js'
import type { TimeRange } from '../state/panel.js'
import css from '../styles/waterfall.css?inline'
import { useSheet } from './adopt.js'
import { useInk } from './ink.js'
import { Minimap, nowOf } from './minimap.js'
import { linePx, paint, rulerPx } from './paint.js'
import { RangePanel } from './range.js'
import type { ViewProps } from './registry.js'
import { useTimeKeys, useWheel } from './waterfall-input.js'
import { BarRow, GroupRow, glyphOf, Legend, undated } from './waterfall-rows.js'

/** Room right of the last bar for its words: at least this part of the run, and so many pixels. */
const room = 1.07
const roomPx = 92
/** Above the lines, and below them what the whole run comes to, where both have room. */
const restPx = 300
const few = 500
const overscan = 4
/** So near to an edge of the range, the pointer takes hold of it. */
const edgePx = 4

export function Waterfall(props: ViewProps) {
  usePanel()
  // A run without calls has no canvas to measure: what measures it begins with the first call.
  if (waterfallOf(props.run.book).bars.length > 0) return <Calls {...props} />
  return (
    <div className="none">
      <p>No call yet. Each call of a model or a tool becomes a bar here: how long it waited, and how it streamed.</p>
    </div>
  )
}

function Calls({ run, dock }: ViewProps) {
  useSheet(css)
  const panel = usePanel()
  const { book, shown: atHead } = run
  const scroller = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  /** What is shown: all, a stretch, or the last calls of a run that is too long to be seen at once. */
  const [wanted, setZoom] = useState<TimeRange | 'tail' | undefined>('tail')
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set())
  const [view, setView] = useState({ top: 0, height: 600, width: 900, all: 0 })
  const [hovered, setHovered] = useState(-1)
  // A line that is no bar has no event to select: it is the active one until something is selected.
  const [cursor, setCursor] = useState<{ key: string; selected: number | undefined } | undefined>(undefined)

  const waterfall = waterfallOf(book)
  const lines = linesOf(waterfall, folded)
  const now = nowOf(panel, run, waterfall.end)
  const whole = Math.max(1, waterfall.end, now)
  const limit = whole * Math.max(room, view.width / Math.max(view.width - roomPx, view.width / 2))
  const { bars } = waterfall
  const tail = bars.length > few ? tailOf(bars, now, Math.max(8, Math.floor(view.height / linePx) - 3)) : undefined
  const zoom = wanted === 'tail' ? tail : wanted
  const shown = zoom ?? { from: 0, to: limit }
  const { range, selected } = panel
  const length = atHead.events.length

  const bar = selected === undefined ? undefined : waterfall.barOfRow(selected)
  const keyOf = (line: Line | undefined): string =>
    line?.kind === 'group'
      ? line.group.key
      : line?.kind === 'others'
        ? others
        : line?.kind === 'ticks'
          ? line.ticks.name
          : ''
  const ofCursor = cursor && cursor.selected === selected ? lineOfKey(cursor.key) : -1
  const active = ofCursor >= 0 ? ofCursor : bar ? lines.ofBar(bar) : -1

  function lineOfKey(key: string): number {
    const group = waterfall.groups.find(candidate => candidate.key === key)
    if (group) return lines.ofGroup(group)
    for (let line = Math.max(0, lines.count - 5); line < lines.count; line++) {
      if (keyOf(lines.at(line)) === key) return line
    }
    return -1
  }

  /** Shows this stretch, within the run and not finer than a thousandth of a pixel's worth. */
  const look = (from: number, to: number): void => {
    const long = Math.min(limit, Math.max(to - from, Math.min(1, whole / 1000)))
    const start = Math.max(0, Math.min(limit - long, from))
    setZoom(long >= limit ? undefined : { from: start, to: start + long })
  }
  const scaleBy = (factor: number, middle: number): void =>
    look(middle - (middle - shown.from) * factor, middle + (shown.to - middle) * factor)
  const pan = (ms: number): void => look(shown.from + ms, shown.to + ms)
  const fit = (): void => {
    const at = range ?? (bar && { from: bar.start, to: endAt(bar, now) })
    const pad = at ? Math.max(1, (at.to - at.from) * 0.05) : 0
    const same =
      at && zoom && Math.abs(zoom.to - at.to - pad) < 1 && Math.abs(zoom.from - Math.max(0, at.from - pad)) < 1
    if (at && !same) look(at.from - pad, at.to + pad)
    else setZoom(undefined)
  }
  const fold = (key: string, close = !folded.has(key)): void => {
    const next = new Set(folded)
    if (close) next.add(key)
    else next.delete(key)
    setFolded(next)
  }
  const goTo = (index: number): void => {
    const line = lines.at(Math.max(0, Math.min(lines.count - 1, index)))
    if (!line) return
    if (line.kind === 'bar') {
      setCursor(undefined)
      panel.select(line.bar.row)
    } else setCursor({ key: keyOf(line), selected })
  }
  const open = (): void => {
    if (bar) panel.setView('ledger')
  }

  // What is active stays in sight, up and down and in time.
  useLayoutEffect(() => {
    const element = scroller.current
    if (!element || active < 0) return
    const top = active * linePx
    const high = element.clientHeight - rulerPx
    if (top < element.scrollTop) element.scrollTop = top
    else if (top + linePx > element.scrollTop + high) element.scrollTop = top + linePx - high
  }, [active])
  const bring = useRef<() => void>(() => {})
  bring.current = () => {
    if (!bar || !zoom || (bar.start <= zoom.to && endAt(bar, now) >= zoom.from)) return
    const long = zoom.to - zoom.from
    look(bar.start - long * 0.1, bar.start + long * 0.9)
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new selection moves the window
  useLayoutEffect(() => bring.current(), [bar])
  // A window without any bar in sight moves the lines to where there is one.
  const touched = useRef(false)
  const touch = (): void => {
    touched.current = true
  }
  const meet = useRef<() => void>(() => {})
  meet.current = () => {
    const element = scroller.current
    if (!element || !zoom || (wanted === 'tail' && touched.current)) return
    const from = Math.floor(element.scrollTop / linePx)
    const to = (element.scrollTop + element.clientHeight - rulerPx) / linePx
    for (let at = from; at < to; at++) {
      const line = lines.at(at)
      if (line?.kind === 'bar' && line.bar.start <= zoom.to && endAt(line.bar, now) >= zoom.from) return
    }
    const next = bars[Math.min(bars.length - 1, startedBefore(bars, zoom.from))]
    if (!next || next.start > zoom.to) return
    element.scrollTop = lines.ofBar(next) * linePx
    setView({ ...view, top: element.scrollTop })
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new window moves the lines
  useLayoutEffect(() => meet.current(), [zoom?.from, zoom?.to, view.height])
  useEffect(() => {
    const element = scroller.current
    if (!element) return
    const measure = (): void =>
      setView({
        top: element.scrollTop,
        height: element.clientHeight,
        width: canvas.current?.clientWidth ?? 900,
        all: element.parentElement?.clientHeight ?? 0
      })
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    // In a page of its own its keys work at once, unless somebody is at work elsewhere.
    const panelBox = element.closest('.db')
    const wholePage = panelBox?.clientWidth === innerWidth && panelBox.clientHeight === innerHeight
    if (wholePage && document.activeElement === document.body) element.focus({ preventScroll: true })
    return () => observer.disconnect()
  }, [])

  const { width } = useInk(canvas, panel.theme, ink =>
    paint(ink, {
      book,
      length,
      waterfall,
      lines,
      shown,
      range,
      now,
      scrubbed: panel.playhead !== undefined,
      top: view.top,
      active,
      hovered,
      selected
    })
  )
  const msPerPx = (shown.to - shown.from) / Math.max(1, width)
  useWheel(canvas, event => {
    const x = event.clientX - (canvas.current?.getBoundingClientRect().left ?? 0)
    const unit = event.deltaMode === 1 ? 16 : 1
    const across = event.shiftKey && event.deltaX === 0 ? event.deltaY : event.deltaX
    const sideways = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)
    const fits = lines.count * linePx + rulerPx <= view.height
    if (event.ctrlKey || event.metaKey || (!sideways && fits)) {
      scaleBy(Math.exp(Math.max(-0.5, Math.min(0.5, event.deltaY * unit * 0.003))), shown.from + x * msPerPx)
    } else if (sideways) pan(across * unit * msPerPx)
    else return false
    return true
  })

  const onKey = (event: KeyboardEvent | ReactKey): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const act = keyAction(event)
    if (!act) return
    event.preventDefault()
    event.stopPropagation()
    act()
  }
  useTimeKeys(scroller, onKey)
  const keyAction = (event: KeyboardEvent | ReactKey): (() => void) | undefined => {
    const middle =
      bar && bar.start <= shown.to && endAt(bar, now) >= shown.from ? bar.start : (shown.from + shown.to) / 2
    const long = shown.to - shown.from
    const line = lines.at(active)
    const page = Math.max(1, Math.floor((view.height - rulerPx) / linePx) - 1)
    switch (event.key) {
      case 'w':
        return () => scaleBy(1 / 1.5, middle)
      case 's':
        return () => scaleBy(1.5, middle)
      case 'a':
        return () => pan(-long / 8)
      case 'd':
        return () => pan(long / 8)
      case 'f':
        return fit
      case 'ArrowDown':
      case 'j':
        return event.shiftKey ? () => join(1) : () => goTo(active + 1)
      case 'ArrowUp':
      case 'k':
        return event.shiftKey ? () => join(-1) : () => goTo(active < 0 ? lines.count - 1 : active - 1)
      case 'PageDown':
        return () => goTo(active + page)
      case 'PageUp':
        return () => goTo(active - page)
      case 'Home':
        return () => goTo(0)
      case 'End':
        return () => goTo(lines.count - 1)
      case 'ArrowLeft':
      case 'ArrowRight': {
        const right = event.key === 'ArrowRight'
        if (event.shiftKey) return () => grow(right ? long / 40 : -long / 40)
        if (line?.kind === 'group' || line?.kind === 'others') {
          if (right && line.open) return () => goTo(active + 1)
          return right || line.open ? () => fold(keyOf(line), !right) : undefined
        }
        return line?.kind === 'bar' && !right ? () => goTo(lines.ofGroup(line.bar.group)) : undefined
      }
      case 'Enter':
        return line?.kind === 'group' || line?.kind === 'others' ? () => fold(keyOf(line)) : open
      case 'Escape':
        return range ? () => panel.setRange(undefined) : undefined
      default:
        return undefined
    }
  }
  /** The range from the keyboard: it begins with the selected bar, and its right end moves. */
  const grow = (ms: number): void => {
    const from = range?.from ?? bar?.start ?? shown.from
    const to = range ? range.to + ms : bar ? endAt(bar, now) : from + Math.abs(ms) * 4
    panel.setRange({ from, to: Math.max(from + msPerPx, Math.min(whole, to)) })
  }
  /** Takes the next bar up or down into the range. */
  const join = (step: number): void => {
    let at = active + step
    while (lines.at(at) && lines.at(at)?.kind !== 'bar') at += step
    const next = lines.at(at)
    if (next?.kind !== 'bar') return
    const spans = [bar, next.bar].flatMap(one => (one ? [one.start, endAt(one, now)] : []))
    if (range) spans.push(range.from, range.to)
    panel.setRange({ from: Math.min(...spans), to: Math.max(...spans) })
    goTo(at)
  }

  const drag = useRef<{ x: number; anchor: number | undefined; moved: boolean } | undefined>(undefined)
  const placeOf = (event: PointerEvent | React.MouseEvent): { ms: number; x: number; line: number; ruler: boolean } => {
    const bounds = canvas.current?.getBoundingClientRect()
    const x = event.clientX - (bounds?.left ?? 0)
    const y = event.clientY - (bounds?.top ?? 0)
    const line = Math.floor((y - rulerPx + view.top) / linePx)
    return { x, ms: shown.from + x * msPerPx, ruler: y < rulerPx, line: y < rulerPx || line >= lines.count ? -1 : line }
  }
  const onPointerDown = (event: PointerEvent): void => {
    if (event.button !== 0) return
    scroller.current?.focus({ preventScroll: true })
    event.currentTarget.setPointerCapture(event.pointerId)
    const { ms, x } = placeOf(event)
    const near = (edge: number): boolean => Math.abs(edge - ms) < edgePx * msPerPx
    const held = range && (near(range.to) ? range.from : near(range.from) ? range.to : undefined)
    drag.current = { x, anchor: held ?? ms, moved: held !== undefined }
  }
  const onPointerMove = (event: PointerEvent): void => {
    const { ms, x, line } = placeOf(event)
    const held = drag.current
    if (!held) {
      if (line !== hovered) setHovered(line)
      const item = lines.at(line)
      if (canvas.current) {
        canvas.current.title =
          item?.kind === 'bar' && item.bar.row < length ? piecesOf(book, waterfall, item.bar, now).words : ''
        const edge = range && [range.from, range.to].some(at => Math.abs(at - ms) < edgePx * msPerPx)
        canvas.current.style.cursor = edge ? 'ew-resize' : ''
      }
      return
    }
    if (Math.abs(x - held.x) > 4) held.moved = true
    if (!held.moved || held.anchor === undefined) return
    const at = Math.max(0, Math.min(whole, ms))
    panel.setRange({ from: Math.min(at, held.anchor), to: Math.max(at, held.anchor) })
  }
  const onPointerUp = (event: PointerEvent): void => {
    const held = drag.current
    drag.current = undefined
    if (!held || held.moved) return
    const { ms, line, ruler } = placeOf(event)
    if (ruler) {
      panel.playback.pause()
      panel.playback.seekTime(Math.max(0, ms))
      return
    }
    const item = lines.at(line)
    if (item?.kind === 'ticks') {
      const { times, rows } = item.ticks
      const after = place(times, ms)
      const [a, b] = [times[after - 1] ?? Number.NEGATIVE_INFINITY, times[after] ?? Number.POSITIVE_INFINITY]
      panel.select(rows[ms - a < b - ms ? after - 1 : after])
      setCursor(undefined)
    } else if (item) goTo(line)
  }

  const first = Math.max(0, Math.floor(view.top / linePx) - overscan)
  const last = Math.min(lines.count, Math.ceil((view.top + view.height) / linePx) + overscan)
  const rows = []
  for (let at = first; at < last; at++) {
    const line = lines.at(at)
    if (!line) continue
    const common = { line: at, active: at === active, hovered: at === hovered, onGo: goTo, onHover: setHovered }
    if (line.kind === 'bar') {
      const future = line.bar.row >= length
      rows.push(
        <BarRow
          key={at}
          {...common}
          glyph={glyphOf(line.bar, future, now)}
          name={undated(line.bar.name)}
          who={line.bar.actor}
          future={future}
          place={line.place}
          size={line.bar.group.bars.length}
          words={future ? 'still to come' : piecesOf(book, waterfall, line.bar, now).words}
        />
      )
    } else if (line.kind === 'ticks') {
      const { name, rows: all } = line.ticks
      const count = place(all, length)
      rows.push(
        <BarRow
          key={at}
          {...common}
          glyph={name}
          name={name}
          who={`${grouped(count)} ${count === 1 ? 'event' : 'events'}`}
          future={false}
          place={0}
          size={0}
          words={`${name}, ${count} events`}
        />
      )
    } else {
      const key = keyOf(line)
      const group = line.kind === 'group' ? line.group : undefined
      rows.push(
        <GroupRow
          key={at}
          {...common}
          name={group ? groupName(book, group) : 'Other events'}
          text={masked(group?.text ?? '')}
          calls={group?.bars.length}
          open={line.open}
          future={group !== undefined && (waterfall.bars[group.bars[0] ?? -1]?.row ?? 0) >= length}
          onFold={() => fold(key)}
        />
      )
    }
  }

  const roomy = !dock && waterfall.bars.length <= few && lines.count * linePx + restPx <= view.all
  const told = range ?? (roomy ? { from: 0, to: now } : undefined)
  return (
    <div className={dock ? 'waterfall in-dock' : 'waterfall'}>
      {!dock && <Legend />}
      {!dock && <Minimap run={run} brush={{ shown, onChange: next => look(next.from, next.to) }} />}
      {tail && (
        <p className="part meta">
          <span className="clip">
            Shown: {zoom ? duration(zoom.to - zoom.from) : 'all'} of {duration(whole)}, with {grouped(bars.length)}{' '}
            calls.
          </span>
          <button type="button" className="quiet" onClick={() => setZoom(zoom ? undefined : 'tail')}>
            Show {zoom ? 'all' : 'the last ones'}
          </button>
        </p>
      )}
      <div
        ref={scroller}
        className="lines"
        role="treegrid"
        aria-label="Calls by what they belong to"
        aria-rowcount={lines.count}
        aria-activedescendant={active >= first && active < last ? `line-${active}` : undefined}
        tabIndex={0}
        onKeyDown={onKey}
        onWheel={touch}
        onPointerDown={touch}
        onScroll={event => setView({ ...view, top: event.currentTarget.scrollTop })}
      >
        <div className="space" role="presentation" style={{ height: lines.count * linePx + rulerPx }}>
          <div className="pane" style={{ height: view.height }}>
            <canvas
              ref={canvas}
              onPointerDown={onPointerDown}
              onPointerMove={onPointerMove}
              onPointerUp={onPointerUp}
              onPointerCancel={() => {
                drag.current = undefined
              }}
              onPointerLeave={() => setHovered(-1)}
              onDoubleClick={open}
            />
            <div className="corner" />
          </div>
          {/* biome-ignore lint/a11y/useSemanticElements: rows of a grid made of boxes */}
          <div role="rowgroup">{rows}</div>
        </div>
      </div>
      {told && (
        <RangePanel
          run={run}
          waterfall={waterfall}
          range={told}
          whole={!range}
          now={now}
          dock={dock}
          onZoom={() => look(told.from, told.to)}
        />
      )}
    </div>
  )
}

/** How many bars began before this time: they are in order. */
function startedBefore(bars: readonly Bar[], ms: number): number {
  return leading(bars, ({ start }) => start < ms)
}

/** So many calls up to now, with room for their words. */
function tailOf(bars: readonly Bar[], now: number, many: number): TimeRange {
  const from = bars[Math.max(0, startedBefore(bars, now + 1) - many)]?.start ?? 0
  return { from, to: now + Math.max(1, now - from) * 0.15 }
}
