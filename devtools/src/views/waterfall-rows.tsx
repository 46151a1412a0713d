/** The words of the waterfall: a row for each bar and each group, beside the canvas, and what the looks of a bar mean. */
import { memo } from 'react'
import type { Glyph as GlyphName } from '../model/family.js'
import type { Bar } from '../model/waterfall.js'
import { Glyph, Icon } from './glyph.js'
import { linePx, rulerPx } from './paint.js'

/** Without the date at the end of a model's name, which its words have: there is more to be seen of the rest. */
export const undated = (name: string): string => name.replace(/-20\d{6}$/, '')

/** Of a call that is under way, or of how it ended. */
export function glyphOf(bar: Bar, future: boolean, now: number): GlyphName {
  if (bar.kind === 'tool') return 'tool'
  if (future) return 'request'
  if (bar.endRow < 0 || bar.end > now) return 'stream'
  return bar.failed ? 'error' : bar.hit ? 'cache' : 'request'
}

interface RowProps {
  readonly line: number
  readonly active: boolean
  readonly hovered: boolean
  readonly name: string
  readonly onGo: (line: number) => void
  readonly onHover: (line: number) => void
}

const lookOf = (active: boolean, hovered: boolean, more: string): string =>
  `line${more}${active ? ' selected' : ''}${hovered ? ' hovered' : ''}`

export const BarRow = memo(function BarRow(
  props: RowProps & {
    readonly glyph: GlyphName
    readonly who: string
    readonly future: boolean
    readonly place: number
    readonly size: number
    readonly words: string
  }
) {
  const { line, active, hovered, glyph, name, who, future, words, onGo, onHover } = props
  return (
    // biome-ignore lint/a11y/useSemanticElements: a row of a grid made of boxes
    // biome-ignore lint/a11y/useFocusableInteractive: the grid holds the focus and names its active row
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid has the keys of its rows
    <div
      id={`line-${line}`}
      role="row"
      aria-level={2}
      aria-rowindex={line + 1}
      aria-selected={active}
      aria-posinset={props.place + 1}
      aria-setsize={props.size || -1}
      className={lookOf(active, hovered, future ? ' future' : '')}
      style={{ top: rulerPx + line * linePx }}
      title={future ? `${name} ${who}` : words}
      onClick={() => onGo(line)}
      onPointerEnter={() => onHover(line)}
      onPointerLeave={() => onHover(-1)}
    >
      {/* biome-ignore lint/a11y/useSemanticElements: cells of a grid made of boxes */}
      {/* biome-ignore lint/a11y/useFocusableInteractive: the grid holds the focus */}
      <span role="gridcell">
        <Glyph name={glyph} />
        <span className="name clip">{name}</span>
        <span className="who clip">{who}</span>
        <span className="hidden">{words}</span>
      </span>
    </div>
  )
})

export function GroupRow(
  props: RowProps & {
    readonly text: string
    /** How many calls it has; undefined for what is no call. */
    readonly calls: number | undefined
    readonly open: boolean
    readonly future: boolean
    readonly onFold: () => void
  }
) {
  const { line, active, hovered, name, text, calls, open, future, onGo, onHover, onFold } = props
  return (
    // biome-ignore lint/a11y/useSemanticElements: a row of a grid made of boxes
    // biome-ignore lint/a11y/useFocusableInteractive: the grid holds the focus and names its active row
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid has the keys of its rows
    <div
      id={`line-${line}`}
      role="row"
      aria-level={1}
      aria-rowindex={line + 1}
      aria-expanded={open}
      aria-selected={active}
      className={lookOf(active, hovered, `${line > 0 ? ' group' : ' group first'}${future ? ' future' : ''}`)}
      style={{ top: rulerPx + line * linePx }}
      title={text === '' ? name : `${name}: ${text}`}
      onClick={() => {
        onGo(line)
        onFold()
      }}
      onPointerEnter={() => onHover(line)}
      onPointerLeave={() => onHover(-1)}
    >
      {/* biome-ignore lint/a11y/useSemanticElements: cells of a grid made of boxes */}
      {/* biome-ignore lint/a11y/useFocusableInteractive: the grid holds the focus */}
      <span role="gridcell">
        <span className={open ? 'fold open' : 'fold'}>
          <Icon name="down" />
        </span>
        <span className="name clip">{name}</span>
        {text !== '' && <span className="hidden">{text}</span>}
        {!open && calls !== undefined && (
          <span className="who">
            {calls} {calls === 1 ? 'call' : 'calls'}
          </span>
        )}
      </span>
    </div>
  )
}

const legend = [
  ['wait', 'waiting'],
  ['first', 'first token'],
  ['reasoning', 'reasoning'],
  ['stream', 'streaming'],
  ['tool', 'tool'],
  ['hit', 'cache hit'],
  ['failed', 'failed']
] as const

export function Legend() {
  return (
    <ul className="legend" aria-label="What the bars show">
      {legend.map(([look, word]) => (
        <li key={look}>
          <span className={`swatch ${look}`} />
          {word}
        </li>
      ))}
    </ul>
  )
}
