/** The playhead: where in the run everything above it is. A slider over time, with the steps of a recorder. */
import { type KeyboardEvent, type PointerEvent, useRef } from 'react'
import type { Book } from '../model/book.js'
import { grouped, seconds } from '../model/numbers.js'
import { clockOf, lengthAt, wholeMs } from '../model/playhead.js'
import { runState, tookMs } from '../model/run.js'
import { usePanel } from '../state/context.js'
import { speeds } from '../state/playback.js'
import { Icon, type IconName } from './glyph.js'
import type { ViewProps } from './registry.js'
import { useSize } from './use-size.js'

export function Playback({ run, dock }: ViewProps) {
  const panel = usePanel()
  const { playback, playhead } = panel
  const { book } = run
  const total = book.events.length
  const length = playhead ?? total
  const now = Date.now()
  const connected = run.status.state === 'live'
  const live = runState(book, now, connected) === 'running'
  const ms = playhead === undefined ? tookMs(book, now, connected) : playback.ms
  return (
    <section className={dock ? 'playback small' : 'playback'} aria-label="Playhead">
      <Step icon="first" label="To the first event" disabled={length <= 1} onClick={() => panel.seek(1)} />
      <Step icon="previous" label="One event back (,)" disabled={length <= 1} onClick={() => playback.step(-1)} />
      <Step
        icon={playback.playing ? 'pause' : 'play'}
        label={playback.playing ? 'Pause (space)' : 'Play (space)'}
        disabled={total < 2}
        onClick={playback.playing ? playback.pause : playback.play}
      />
      <Step icon="next" label="One event on (.)" disabled={length >= total} onClick={() => playback.step(1)} />
      <Step icon="last" label="To the end" disabled={playhead === undefined} onClick={() => panel.seek(undefined)} />
      <select
        className="speed"
        aria-label="Speed"
        value={playback.speed}
        onChange={event => playback.setSpeed(Number(event.target.value))}
      >
        {speeds.map(speed => (
          <option key={speed} value={speed}>
            {speed}×
          </option>
        ))}
      </select>
      <label className="skip">
        <input
          type="checkbox"
          checked={playback.skipWaits}
          onChange={event => playback.setSkipWaits(event.target.checked)}
        />
        skip waits
      </label>
      <Track book={book} length={length} ms={ms || 0} />
      <span className="mono place">
        <b>#{grouped(length)}</b> <span className="muted">/ {grouped(total)}</span>
      </span>
      <span className="mono time">
        {seconds(ms)} <span className="muted">s</span>
      </span>
      {playhead === undefined ? (
        <span className={live ? 'now live' : 'now'}>
          <span className={live ? 'dot' : 'dot off'} />
          {live ? 'Live' : 'End'}
        </span>
      ) : (
        <button type="button" className="button now" onClick={() => panel.seek(undefined)}>
          <span className="dot off" />
          {live ? 'Back to live' : 'Back to end'}
        </button>
      )}
    </section>
  )
}

function Step(props: {
  readonly icon: IconName
  readonly label: string
  readonly disabled: boolean
  readonly onClick: () => void
}) {
  const { icon, label, disabled, onClick } = props
  return (
    <button type="button" className="icon" title={label} aria-label={label} disabled={disabled} onClick={onClick}>
      <Icon name={icon} />
    </button>
  )
}

/** The knob is so wide, and its middle reaches both ends of the track. */
const knobPx = 12

function Track({ book, length, ms }: { readonly book: Book; readonly length: number; readonly ms: number }) {
  const panel = usePanel()
  const box = useRef<HTMLDivElement>(null)
  const held = useRef(false)
  const { width } = useSize(box)
  const whole = wholeMs(book) || 1
  const share = Math.min(1, Math.max(0, ms / whole))

  const seek = (event: PointerEvent): void => {
    const bounds = event.currentTarget.getBoundingClientRect()
    const at = (event.clientX - bounds.left - knobPx / 2) / Math.max(1, bounds.width - knobPx)
    if (at >= 1) panel.seek(undefined)
    else panel.seek(Math.max(1, lengthAt(book.times, Math.max(0, at) * whole)))
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.shiftKey ? 10 : 1
    const to: Readonly<Record<string, number>> = {
      ArrowRight: length + step,
      ArrowUp: length + step,
      ArrowLeft: length - step,
      ArrowDown: length - step,
      PageUp: length + 50,
      PageDown: length - 50,
      Home: 1,
      End: book.events.length
    }
    const next = to[event.key]
    if (next === undefined) return
    event.preventDefault()
    event.stopPropagation()
    panel.seek(Math.max(1, next))
  }
  return (
    <div
      ref={box}
      className="track"
      role="slider"
      tabIndex={0}
      aria-label="Playhead"
      aria-valuemin={1}
      aria-valuemax={Math.max(1, book.events.length)}
      aria-valuenow={Math.max(1, length)}
      aria-valuetext={`Event ${length} of ${book.events.length}, ${seconds(ms)} s`}
      onKeyDown={onKeyDown}
      onPointerDown={event => {
        event.currentTarget.setPointerCapture(event.pointerId)
        held.current = true
        seek(event)
      }}
      onPointerMove={event => {
        if (held.current) seek(event)
      }}
      onPointerUp={() => {
        held.current = false
      }}
      onPointerCancel={() => {
        held.current = false
      }}
    >
      <Ticks book={book} width={width} whole={whole} count={book.events.length} />
      <span className="rail-line" />
      <span className="rail-line done" style={{ width: `calc((100% - ${knobPx}px) * ${share})` }} />
      <span className="knob" style={{ left: `calc((100% - ${knobPx}px) * ${share})` }} />
    </div>
  )
}

const ticked = new Set(['response', 'tool', 'branch', 'error'])

/** One mark for each pixel in which something ended: calls, tools, failures, branches. The world is left out. */
function Ticks(props: { readonly book: Book; readonly width: number; readonly whole: number; readonly count: number }) {
  const { book, width, whole, count } = props
  const known = useRef({ book, width: 0, whole: 0, seen: 0, marks: new Map<number, string>() })
  if (known.current.book !== book || known.current.width !== width || known.current.whole !== whole) {
    known.current = { book, width, whole, seen: 0, marks: new Map() }
  }
  const { marks } = known.current
  const clock = clockOf(book.times)
  for (let row = known.current.seen; row < count; row++) {
    const family = book.families[row] ?? ''
    if (!ticked.has(family)) continue
    const x = Math.round(knobPx / 2 + ((clock[row] ?? 0) / whole) * (width - knobPx))
    // A failure is never hidden by what went well.
    if (marks.get(x) !== 'error') marks.set(x, family)
  }
  known.current.seen = count
  if (width < 40) return null
  const paths = new Map<string, string>()
  for (const [x, family] of marks) paths.set(family, `${paths.get(family) ?? ''}M${x} 0v5`)
  return (
    <svg className="ticks" width={width} height={5} aria-hidden="true">
      {[...paths].map(([family, path]) => (
        <path key={family} className={`t-${family}`} d={path} />
      ))}
    </svg>
  )
}
