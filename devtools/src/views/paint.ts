/** Paints the waterfall: the lines in sight, over the time in sight. */

import type { Book } from '../model/book.js'
import { masked } from '../model/mask.js'
import { rulerLabel, rulerStep } from '../model/minimap.js'
import { type Pieces, piecesOf, retryCode } from '../model/pieces.js'
import { summaryOf } from '../model/summary.js'
import { type Bar, endAt, retriesOf, type Ticks, type Waterfall } from '../model/waterfall.js'
import { type Lines, place } from '../model/waterfall-lines.js'
import type { TimeRange } from '../state/panel.js'
import type { Ink } from './ink.js'

export const linePx = 24
export const rulerPx = 20
const barPx = 14
const barTop = (linePx - barPx) / 2

export interface Scene {
  /** The whole book, and how many of its events are shown. */
  readonly book: Book
  readonly length: number
  readonly waterfall: Waterfall
  readonly lines: Lines
  readonly shown: TimeRange
  readonly range: TimeRange | undefined
  readonly now: number
  /** The playhead is not at the end: what is right of it is to come. */
  readonly scrubbed: boolean
  /** Pixels that are scrolled away above. */
  readonly top: number
  readonly active: number
  readonly hovered: number
  readonly selected: number | undefined
}

/** The words on the ruler for a stretch of time: 2.50 to 6.80 s. */
export function spanWords({ from, to }: TimeRange): string {
  const digits = to - from < 20 ? 3 : to - from < 100_000 ? 2 : 0
  return `${(from / 1000).toFixed(digits)} to ${(to / 1000).toFixed(digits)}\u00a0s`
}

export function paint(ink: Ink, scene: Scene): void {
  const { context, colours, width, height } = ink
  const { shown, lines, top, now, range } = scene
  const scale = width / (shown.to - shown.from)
  const x = (ms: number): number => (ms - shown.from) * scale
  const first = Math.max(0, Math.floor(top / linePx))
  const last = Math.min(lines.count, Math.ceil((top + height - rulerPx) / linePx))
  const step = rulerStep(1 / scale, 110)
  const marks: number[] = []
  for (let at = Math.ceil(shown.from / step) * step; at <= shown.to && marks.length < 500; at += step) marks.push(at)

  context.textBaseline = 'middle'
  context.textAlign = 'left'
  for (const line of [scene.hovered, scene.active]) {
    if (line < first || line >= last) continue
    context.fillStyle = line === scene.active ? colours.selected : colours.hover
    context.fillRect(0, rulerPx + line * linePx - top, width, linePx)
  }
  context.fillStyle = colours.line
  for (const at of marks) context.fillRect(Math.round(x(at)), 0, 1, height)
  if (range) {
    context.globalAlpha = 0.06
    context.fillStyle = colours.text
    context.fillRect(x(range.from), rulerPx, x(range.to) - x(range.from), height)
    context.globalAlpha = 1
  }

  const brush: Brush = { ...ink, x, scene, right: scene.scrubbed ? Math.min(width, x(now)) : width }
  const labels: (() => void)[] = []
  for (let line = first; line < last; line++) {
    const item = lines.at(line)
    const y = rulerPx + line * linePx - top
    if (item?.kind === 'bar') labels.push(paintBar(brush, item.bar, y + barTop))
    else if (item?.kind === 'ticks') labels.push(paintTicks(brush, item.ticks, y))
    else if (item && line > 0) {
      context.fillStyle = colours.line
      context.fillRect(0, Math.round(y), width, 1)
    }
    if (item?.kind === 'group') {
      const { group } = item
      const begins = scene.waterfall.bars[group.bars[0] ?? -1]
      if (!begins || begins.row >= scene.length) continue
      const from = begins.start
      const to = Math.max(from, group.open > 0 ? now : Math.min(now, group.end))
      labels.push(() => paintBracket(brush, masked(group.text), x(from), x(to), y))
    }
  }
  // What is to come has been painted too, and pales.
  if (scene.scrubbed) {
    context.globalAlpha = 0.72
    context.fillStyle = colours.bg
    context.fillRect(brush.right, rulerPx, width, height)
    context.globalAlpha = 1
  }
  for (const label of labels) label()
  const head = x(now)
  paintRuler(brush, marks, step, head)
  if (range) {
    context.fillStyle = colours.muted
    for (const at of [range.from, range.to]) context.fillRect(Math.round(x(at)) - 0.5, rulerPx, 1.5, height)
    paintPill(brush, spanWords(range), x((range.from + range.to) / 2))
  }
  if (head < -6 || head > width + 6) return
  context.fillStyle = colours.text
  context.fillRect(head - 0.75, 0, 1.5, height)
  context.beginPath()
  context.moveTo(head - 4.5, 0)
  context.lineTo(head + 4.5, 0)
  context.lineTo(head, 5.5)
  context.fill()
}

interface Brush extends Ink {
  readonly x: (ms: number) => number
  readonly scene: Scene
  /** Where what has happened ends. */
  readonly right: number
}

const nothing = (): void => {}

const perPx = ({ shown }: Scene, width: number): number => (shown.to - shown.from) / width

/** Paints a bar; gives what paints the words beside it. */
function paintBar(brush: Brush, bar: Bar, y: number): () => void {
  const { context, colours, x, scene, width } = brush
  const { book, waterfall, now } = scene
  const future = bar.row >= scene.length
  const until = future || scene.scrubbed ? Number.POSITIVE_INFINITY : now
  const end = x(endAt(bar, bar.endRow < 0 ? now : until))
  if (x(bar.start) > width || (end < 0 && !(bar.hit && !future))) {
    paintAway(brush, x(bar.start) > width, y + barPx / 2)
    return nothing
  }
  if (future) {
    context.fillStyle = colours.lane
    context.fillRect(x(bar.start), y, Math.max(2, end - x(bar.start)), barPx)
    return nothing
  }
  // The whole bar is painted, that it may pale behind the playhead; its words are those of the playhead.
  const whole = piecesOf(book, waterfall, bar, bar.endRow < 0 ? now : Math.max(now, bar.end))
  const pieces = bar.endRow < 0 || bar.end <= now ? whole : piecesOf(book, waterfall, bar, now)
  if (end + (whole.savedMs ?? 0) / perPx(scene, width) < 0) {
    paintAway(brush, false, y + barPx / 2)
    return nothing
  }
  const open = bar.endRow < 0 || bar.end > now
  const labels = paintPieces(brush, bar, whole, y, open)
  return () => {
    for (const label of labels) label()
    const hit = pieces.savedMs !== undefined && bar.hit
    const at = hit
      ? Math.max(x(bar.start) + 6, x(bar.end + (pieces.savedMs ?? 0)))
      : Math.min(brush.right, x(endAt(bar, now)))
    const parts = pieces.code === undefined ? [] : [{ text: pieces.code, colour: colours.error }]
    const label = { text: pieces.label, colour: bar.hit ? colours.cache : colours.muted }
    paintWords(brush, [...parts, label], at + 6, y, open && scene.scrubbed)
  }
}

/** Points to a bar that is out of sight. */
function paintAway({ context, colours, width }: Brush, right: boolean, y: number): void {
  const [tip, back] = right ? [width - 5, width - 10] : [5, 10]
  context.fillStyle = colours.lane
  context.beginPath()
  context.moveTo(tip, y)
  context.lineTo(back, y - 4)
  context.lineTo(back, y + 4)
  context.fill()
}

function paintPieces(brush: Brush, bar: Bar, pieces: Pieces, y: number, open: boolean): (() => void)[] {
  const { context, colours, x, scene } = brush
  const labels: (() => void)[] = []
  const retries = retriesOf(scene.book, bar)
  let missed = 0
  for (const { kind, from, to } of pieces.list) {
    const left = x(from)
    const wide = Math.max(1, x(to) - left)
    switch (kind) {
      case 'wait':
      case 'missed':
        context.fillStyle = brush.hatch(colours['request-fill'])
        context.fillRect(left, y, wide, barPx)
        if (brush.forced) outline(brush, left, y, wide)
        if (kind === 'missed') {
          context.fillStyle = colours['error-fill']
          context.fillRect(left + wide - 3, y, 3, barPx)
        }
        break
      case 'backoff': {
        const code = retryCode(retries[missed++]?.kind)
        context.font = `11px ${brush.sans}`
        const room = context.measureText(code).width + 10
        const shown = wide > room + 6
        context.strokeStyle = colours.muted
        context.setLineDash([2, 3])
        context.beginPath()
        context.moveTo(left + (shown ? room : 2), y + barPx / 2)
        context.lineTo(left + wide - 2, y + barPx / 2)
        context.stroke()
        context.setLineDash([])
        if (shown) {
          labels.push(() => {
            if (left > brush.right) return
            context.font = `11px ${brush.sans}`
            context.fillStyle = colours.error
            context.fillText(code, left + 5, y + barPx / 2 + 0.5)
          })
        }
        break
      }
      case 'hit': {
        context.fillStyle = colours['cache-fill']
        context.fillRect(left, y, Math.max(4, wide), barPx)
        const ghost = x(to + (pieces.savedMs ?? 0)) - left - 6
        if (ghost > 6) {
          context.strokeStyle = colours['cache-fill']
          context.setLineDash([3, 2.5])
          context.strokeRect(left + 6.5, y + 0.5, ghost - 1, barPx - 1)
          context.setLineDash([])
        }
        break
      }
      case 'tool':
        context.fillStyle = colours['tool-fill']
        context.fillRect(left, y, wide, barPx)
        break
      default: {
        const colour = colours[kind === 'stream' && !open ? 'response-fill' : 'stream-fill']
        const look = kind === 'reasoning' ? brush.dots(colour) : colour
        context.fillStyle = look
        let at = from
        for (const [pause, resume] of pieces.pauses) {
          if (resume <= at || pause >= to) continue
          // A pause that is less than a pixel is not worth a hole.
          if (x(resume) - x(Math.max(at, pause)) < 1) continue
          if (pause > at) context.fillRect(x(at), y, x(pause) - x(at), barPx)
          // A thread holds together what a long pause takes apart.
          const gap = x(Math.min(resume, to)) - x(Math.max(at, pause))
          if (gap > 6) {
            context.globalAlpha = 0.7
            context.fillStyle = colour
            context.fillRect(x(Math.max(at, pause)) + 2, y + barPx / 2 - 0.5, gap - 4, 1)
            context.fillStyle = look
            context.globalAlpha = 1
          }
          at = Math.max(at, resume)
        }
        if (at < to) context.fillRect(x(at), y, Math.max(1, x(to) - x(at)), barPx)
        if (brush.forced && kind === 'reasoning') outline(brush, left, y, wide)
      }
    }
  }
  if (bar.failed && bar.endRow >= 0) {
    context.fillStyle = colours['error-fill']
    context.fillRect(Math.max(x(bar.start), x(bar.end) - 3), y, 3, barPx)
  }
  if (pieces.first !== undefined && !bar.hit) {
    context.fillStyle = colours.text
    context.fillRect(x(pieces.first) - 0.75, y - 2, 1.5, barPx + 4)
  }
  return labels
}

function outline({ context, colours }: Brush, left: number, y: number, wide: number): void {
  context.strokeStyle = colours.text
  context.strokeRect(left + 0.5, y + 0.5, Math.max(0, wide - 1), barPx - 1)
}

/** Words right of a bar; where there is no room, at the right edge, on a ground of their own. */
function paintWords(
  { context, colours, width, sans }: Brush,
  parts: readonly { readonly text: string; readonly colour: string }[],
  left: number,
  y: number,
  ground: boolean
): void {
  context.font = `12px ${sans}`
  const long = parts.reduce((sum, { text }) => sum + context.measureText(text).width + 6, -6)
  if (left > width + 400 || left < -long) return
  const at0 = Math.min(left, width - 4 - long)
  if (ground || at0 < left) {
    context.fillStyle = colours.bg
    context.fillRect(at0 - 3, y - 1, long + 6, barPx + 2)
  }
  let at = at0
  for (const { text, colour } of parts) {
    context.fillStyle = colour
    context.fillText(text, at, y + barPx / 2 + 0.5)
    at += context.measureText(text).width + 6
  }
}

/** `┌ What is this about? ────┐` */
function paintBracket(
  { context, colours, width, sans }: Brush,
  text: string,
  from: number,
  to: number,
  y: number
): void {
  if (to < 0 || from > width) return
  const middle = Math.round(y + linePx / 2) + 0.5
  const left = Math.max(0, from)
  context.font = `11px ${sans}`
  const fitted = text === '' ? '' : clipped(context, text, width - left - 24)
  const words = fitted === '' ? -4 : context.measureText(fitted).width + 8
  context.strokeStyle = colours.muted
  context.lineWidth = 1
  context.beginPath()
  if (from >= 0) {
    context.moveTo(from + 0.5, middle + 4)
    context.lineTo(from + 0.5, middle)
  } else context.moveTo(0, middle)
  context.lineTo(left + Math.min(8, Math.max(0, to - left)), middle)
  if (to > left + 12 + words) {
    context.moveTo(left + 12 + words, middle)
    context.lineTo(to - 0.5, middle)
    context.lineTo(to - 0.5, middle + 4)
  }
  context.stroke()
  context.fillStyle = colours.muted
  context.fillText(fitted, left + 12, middle + 0.5)
}

/** Cut at its end, so that it fits. */
function clipped(context: CanvasRenderingContext2D, text: string, room: number): string {
  if (room < 30) return ''
  const wide = context.measureText(text).width
  if (wide <= room) return text
  return `${text.slice(0, Math.max(1, Math.floor((text.length * (room - 12)) / wide)))}…`
}

function paintTicks(brush: Brush, ticks: Ticks, y: number): () => void {
  const { context, colours, x, scene, width } = brush
  const { times, rows, name } = ticks
  const words: (() => void)[] = []
  const until = Math.min(rows.length, place(rows, scene.scrubbed ? scene.book.events.length : scene.length))
  const { from, to } = scene.shown
  const perPx = (to - from) / width
  const colour = name === 'branch' ? colours.branch : name === 'error' ? colours['error-fill'] : colours.muted
  // One mark a pixel: the next one is looked up, so that a hundred thousand events cost what is in sight.
  for (let at = place(times, from - 3 * perPx); at < until && (times[at] as number) <= to; ) {
    const ms = times[at] as number
    const left = Math.round(x(ms))
    const row = rows[at] as number
    const next = Math.max(at + 1, place(times, ms + perPx))
    context.fillStyle = row === scene.selected ? colours.text : colour
    if (name === 'branch') {
      context.beginPath()
      context.arc(left, y + linePx / 2, 4, 0, 7)
      context.fill()
      const room = next < until ? x(times[next] as number) - left - 16 : width - left - 14
      const event = scene.book.events[row]
      if (event && room > 40 && row < scene.length) {
        words.push(() => {
          context.font = `11px ${brush.sans}`
          context.fillStyle = colours.muted
          context.fillText(
            clipped(context, masked(summaryOf(event, scene.book.objects).text), room),
            left + 9,
            y + linePx / 2 + 0.5
          )
        })
      }
    } else context.fillRect(left - 1, y + 7, 2, 10)
    at = next
  }
  return () => {
    for (const word of words) word()
  }
}

function paintRuler(
  { context, colours, sans, width, x }: Brush,
  marks: readonly number[],
  step: number,
  head: number
): void {
  context.fillStyle = colours.bg
  context.fillRect(0, 0, width, rulerPx)
  context.font = `11px ${sans}`
  for (const at of marks) {
    context.fillStyle = colours.line
    context.fillRect(Math.round(x(at)), 0, 1, rulerPx)
    context.fillStyle = colours.muted
    const label = rulerLabel(at, step)
    const left = Math.round(x(at)) + 5
    // The playhead does not strike through a time: that stands beside it.
    const struck = head > left - 5 && head < left + context.measureText(label).width + 5
    context.fillText(label, struck ? head + 7 : left, rulerPx / 2)
  }
  context.fillStyle = colours.line
  context.fillRect(0, rulerPx - 1, width, 1)
}

function paintPill({ context, colours, sans, width }: Brush, text: string, middle: number): void {
  context.font = `500 11px ${sans}`
  const wide = context.measureText(text).width + 16
  const left = Math.max(2, Math.min(width - wide - 2, middle - wide / 2))
  context.fillStyle = colours.text
  context.beginPath()
  context.roundRect(left, 2, wide, 16, 3)
  context.fill()
  context.fillStyle = colours.bg
  context.fillText(text, left + 8, rulerPx / 2 + 0.5)
}
