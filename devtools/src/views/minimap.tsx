/** The whole run in 52 pixels: a bar for each call, the playhead, and in the waterfall the time that it shows. */
import { type KeyboardEvent, memo, type PointerEvent, useRef } from 'react'
import { rulerLabel, rulerStep } from '../model/minimap.js'
import { seconds } from '../model/numbers.js'
import { type Bar, endAt, waterfallOf } from '../model/waterfall.js'
import { usePanel } from '../state/context.js'
import type { OpenRun, Panel, TimeRange } from '../state/panel.js'
import css from '../styles/minimap.css?inline'
import { useSheet } from './adopt.js'
import { type Ink, useInk } from './ink.js'

export interface Brush {
  /** The time that is in sight. */
  readonly shown: TimeRange
  readonly onChange: (shown: TimeRange) => void
}

const rulerPx = 12
const sidePx = 12
const barPx = 3.5
/** Lines of bars, at most. */
const mostRows = 18

/** Milliseconds since the first event at the playhead; of a live run at its end, the clock's. */
export function nowOf(panel: Panel, run: OpenRun, end: number): number {
  if (panel.playhead !== undefined) return panel.playback.ms
  const { book, status } = run
  if (status.state !== 'live' || book.calls.open.size === 0) return end
  return Math.max(end, Math.min(Date.now() - book.startedAt, end + longestSilenceMs))
}

/** A call that is open for longer after the last event is taken to have nobody at work on it. */
const longestSilenceMs = 120_000

export const Minimap = memo(function Minimap({ run, brush }: { readonly run: OpenRun; readonly brush?: Brush }) {
  useSheet(css)
  const panel = usePanel()
  const canvas = useRef<HTMLCanvasElement>(null)
  const held = useRef<'seek' | 'from' | 'to' | { grip: number } | undefined>(undefined)
  const waterfall = waterfallOf(run.book)
  const now = nowOf(panel, run, waterfall.end)
  const whole = Math.max(1, waterfall.end, now)

  const base = useRef<Base>(undefined)
  const { width } = useInk(canvas, panel.theme, ink => {
    const { context, colours, height } = ink
    const scale = (ink.width - 2 * sidePx) / whole
    base.current = baseOf(base.current, ink, run, whole, scale)
    context.drawImage(base.current.canvas, 0, 0, ink.width, height)
    const cover = (colour: string, alpha: number, from: number, to: number): void => {
      context.fillStyle = colour
      context.globalAlpha = alpha
      context.fillRect(sidePx + from * scale, rulerPx, (to - from) * scale, height)
      context.globalAlpha = 1
    }
    // What is to come pales.
    if (panel.playhead !== undefined) cover(colours.surface, 0.72, now, whole)
    if (panel.range) cover(colours.text, 0.12, panel.range.from, panel.range.to)
  })
  const inner = Math.max(1, width - 2 * sidePx)
  const share = (ms: number): number => sidePx + (Math.min(whole, Math.max(0, ms)) / whole) * inner
  const timeAt = (event: PointerEvent): number => {
    const x = event.clientX - (canvas.current?.getBoundingClientRect().left ?? 0) - sidePx
    return Math.min(whole, Math.max(0, (x / inner) * whole))
  }
  const least = whole / 2000

  const move = (event: PointerEvent): void => {
    const at = timeAt(event)
    const hold = held.current
    if (hold === 'seek') {
      if (at >= whole) panel.seek(undefined)
      else {
        panel.playback.pause()
        panel.playback.seekTime(at)
      }
    } else if (brush && hold === 'from') brush.onChange({ ...brush.shown, from: Math.min(at, brush.shown.to - least) })
    else if (brush && hold === 'to') brush.onChange({ ...brush.shown, to: Math.max(at, brush.shown.from + least) })
    else if (brush && typeof hold === 'object') {
      const long = brush.shown.to - brush.shown.from
      const from = Math.max(0, Math.min(whole - long, at - hold.grip))
      brush.onChange({ from, to: from + long })
    }
  }
  const down = (event: PointerEvent<HTMLElement>): void => {
    if (event.button !== 0) return
    event.currentTarget.setPointerCapture(event.pointerId)
    const edge = (event.target as HTMLElement).dataset.edge
    const { top } = event.currentTarget.getBoundingClientRect()
    const at = timeAt(event)
    const inRuler = event.clientY - top < rulerPx
    const { shown } = brush ?? {}
    held.current =
      edge === 'from' || edge === 'to'
        ? edge
        : shown && inRuler && at >= shown.from && at <= shown.to
          ? { grip: at - shown.from }
          : 'seek'
    if (held.current === 'seek') move(event)
  }
  const drop = (): void => {
    held.current = undefined
  }
  const seekKey = (event: KeyboardEvent): void => {
    const step = (whole / 100) * (event.shiftKey ? 10 : 1)
    const to = { ArrowLeft: now - step, ArrowRight: now + step, Home: 0, End: whole }[event.key]
    if (to === undefined) return
    event.preventDefault()
    if (to >= whole) panel.seek(undefined)
    else {
      panel.playback.pause()
      panel.playback.seekTime(Math.max(0, to))
    }
  }
  const edgeKey = (edge: 'from' | 'to') => (event: KeyboardEvent) => {
    if (!brush) return
    const step = (whole / 100) * (event.shiftKey ? 10 : 1)
    const { from, to } = brush.shown
    const at = edge === 'from' ? from : to
    const next = { ArrowLeft: at - step, ArrowRight: at + step, Home: 0, End: whole }[event.key]
    if (next === undefined) return
    event.preventDefault()
    event.stopPropagation()
    if (edge === 'from') brush.onChange({ from: Math.max(0, Math.min(next, to - least)), to })
    else brush.onChange({ from, to: Math.min(whole, Math.max(next, from + least)) })
  }

  return (
    <section className="minimap" aria-label="The whole run">
      <div
        className="area"
        onPointerDown={down}
        onPointerMove={event => {
          if (held.current) move(event)
        }}
        onPointerUp={drop}
        onPointerCancel={drop}
      >
        <canvas ref={canvas} />
        {brush && width > 0 && (
          <>
            <span className="window" style={{ left: share(brush.shown.from), right: width - share(brush.shown.to) }} />
            {(['from', 'to'] as const).map(edge => (
              <span
                key={edge}
                className="handle"
                data-edge={edge}
                role="slider"
                tabIndex={0}
                aria-label={edge === 'from' ? 'Shown from' : 'Shown until'}
                aria-valuemin={0}
                aria-valuemax={Math.round(whole)}
                aria-valuenow={Math.round(Math.min(whole, Math.max(0, brush.shown[edge])))}
                aria-valuetext={`${seconds(brush.shown[edge])} s`}
                style={{ left: share(brush.shown[edge]) }}
                onKeyDown={edgeKey(edge)}
              />
            ))}
          </>
        )}
        {width > 0 && (
          <span
            className="head"
            role="slider"
            tabIndex={0}
            aria-label="Playhead in time"
            aria-valuemin={0}
            aria-valuemax={Math.round(whole)}
            aria-valuenow={Math.round(Math.min(whole, now))}
            aria-valuetext={`${seconds(now)} s`}
            style={{ left: share(now) }}
            onKeyDown={seekKey}
          />
        )}
      </div>
    </section>
  )
})

type Base =
  | { readonly canvas: HTMLCanvasElement; readonly key: string; readonly look: string; readonly at: number }
  | undefined

/** Of a long run, what grows is painted anew so often, in milliseconds. */
const longMs = 300
const longBars = 2000

/** The bars of the whole run, painted once for each change of the run. */
function baseOf(before: Base, ink: Ink, run: OpenRun, whole: number, scale: number): NonNullable<Base> {
  const { bars, lanes } = waterfallOf(run.book)
  const ratio = ink.context.getTransform().a
  const look = `${ink.width} ${ink.height} ${ratio} ${ink.colours.bg} ${ink.colours.line} ${ink.forced}`
  const key = `${run.book.events.length} ${whole} ${look}`
  const at = performance.now()
  if (before?.key === key) return before
  if (before?.look === look && bars.length > longBars && at - before.at < longMs) return before
  const canvas = before?.canvas ?? document.createElement('canvas')
  canvas.width = Math.round(ink.width * ratio)
  canvas.height = Math.round(ink.height * ratio)
  const context = canvas.getContext('2d')
  if (context) {
    context.setTransform(ratio, 0, 0, ratio, 0, 0)
    const brush = { ...ink, context }
    drawRuler(brush, whole, scale)
    drawBars(brush, run, bars, lanes, whole, scale)
  }
  return { canvas, key, look, at }
}

function drawRuler({ context, colours, height, sans }: Ink, whole: number, scale: number): void {
  const step = rulerStep(1 / scale, 90)
  context.font = `11px ${sans}`
  context.textAlign = 'right'
  context.textBaseline = 'middle'
  for (let at = step; at <= whole; at += step) {
    const x = Math.round(sidePx + at * scale) + 0.5
    context.fillStyle = colours.line
    context.fillRect(x, 0, 1, height)
    context.fillStyle = colours.muted
    context.fillText(rulerLabel(at, step), x - 5, rulerPx / 2 + 1)
  }
}

function drawBars(ink: Ink, run: OpenRun, bars: readonly Bar[], lanes: number, whole: number, scale: number): void {
  const { context, colours, height } = ink
  const room = height - rulerPx - 4
  // So many calls at once that they do not fit share the lines that there are.
  const rows = Math.min(Math.max(1, lanes), mostRows)
  const pitch = Math.min(5, room / rows)
  const thick = Math.min(barPx, pitch * 0.8)
  // A pixel of a line is painted once, however many calls fall into it.
  const painted = new Float64Array(rows).fill(-1)
  const x = (ms: number): number => sidePx + ms * scale
  for (const bar of bars) {
    const row = bar.lane % rows
    const before = painted[row] as number
    const end = x(endAt(bar, whole))
    if (end < before + 0.5) continue
    const y = rulerPx + 4 + row * pitch
    const from = Math.max(x(bar.start), before)
    painted[row] = Math.max(end, from + 1)
    const live = bar.endRow < 0 ? run.book.streams.live.get(bar.call.id) : undefined
    const firstAt = live ? live.firstAt - run.book.startedAt : bar.firstAt
    const first = firstAt <= whole ? Math.min(end, Math.max(from, x(firstAt))) : end
    const look = bar.kind === 'tool' ? 'tool' : bar.failed ? 'error' : bar.hit ? 'cache' : 'request'
    const solid = look !== 'request'
    context.fillStyle = colours[`${look}-fill`]
    context.globalAlpha = solid ? 1 : 0.5
    context.fillRect(from, y, Math.max(1, (solid ? end : first) - from), thick)
    context.globalAlpha = 1
    if (solid || first >= end) continue
    context.fillStyle = bar.endRow >= 0 ? colours['response-fill'] : colours['stream-fill']
    context.fillRect(first, y, end - first, thick)
  }
}
