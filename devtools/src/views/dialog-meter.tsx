/** Under the dialog: how fast the answer came, its chunks one by one, and the view's own switches. */
import { useMemo, useRef } from 'react'
import type { Book } from '../model/book.js'
import type { Call } from '../model/calls.js'
import { callFigures } from '../model/figures.js'
import { count, duration, rate, seconds } from '../model/numbers.js'
import { barsOf, longestPause } from '../model/rhythm.js'
import type { Scrub } from './dialog.js'
import { Icon } from './glyph.js'

const bars = 40

export function DialogMeter(props: {
  readonly book: Book
  readonly call: Call
  readonly now: number
  readonly scrub: Scrub | undefined
  readonly onScrub: (scrub: Scrub | undefined) => void
  readonly raw: boolean
  readonly onRaw: () => void
  readonly paused: boolean
  readonly onPause: () => void
}) {
  const { book, call, now, scrub, onScrub, raw, onRaw, paused, onPause } = props
  const figures = callFigures(book, call, now)
  const live = book.streams.live.get(call.id)
  const end = call.end < 0 ? undefined : book.events[call.end]
  // biome-ignore lint/correctness/useExhaustiveDependencies: an answer that has ended keeps its rhythm
  const rhythm = useMemo(() => (end ? figures.rhythm : []), [end])
  const drawn = useMemo(() => (rhythm.length > 1 ? barsOf(rhythm, bars) : []), [rhythm])
  const pause = useMemo(() => longestPause(rhythm), [rhythm])
  const moving = useLiveBars(call.id, live ? figures.tokensPerSecond : undefined, now)
  const heights = live ? moving : drawn
  const average =
    live && live.lastAt > live.firstAt + 300 ? (live.tokens * 1000) / (live.lastAt - live.firstAt) : undefined
  const told = live || figures.outputTokens !== undefined || figures.firstDeltaMs !== undefined
  const chunks = scrub?.call === call.id ? Math.min(scrub.chunks, rhythm.length) : rhythm.length
  return (
    <div className="dialog-meter">
      <div className="meter-row">
        {!told && (
          <span className="meta">
            #{call.row + 1} {figures.state === 'failed' ? 'failed before a token came' : 'has no token yet'}
          </span>
        )}
        {(live || figures.tokensPerSecond !== undefined) && (
          <div className="stat">
            <b className={live ? 'f-stream' : undefined}>{rate(figures.tokensPerSecond)}</b>
            <span className="meta">
              {live ? `now, ${rate(average)} on average` : `#${call.row + 1}, while it streamed`}
            </span>
          </div>
        )}
        {heights.length > 0 && (
          <svg
            className={live ? 'f-stream' : 'f-response'}
            viewBox={`0 0 ${bars * 3} 24`}
            preserveAspectRatio="none"
            aria-hidden="true"
          >
            {heights.map((height, i) => (
              <rect
                // biome-ignore lint/suspicious/noArrayIndexKey: a bar is its place in time
                key={i}
                x={i * 3}
                y={24 - height * 24}
                width="2"
                height={height * 24}
                fill="currentColor"
              />
            ))}
          </svg>
        )}
        {told && (
          <div className="stat">
            <b>
              {live ? '≈ ' : ''}
              {count(figures.outputTokens)} tok
            </b>
            <span className="meta">
              {figures.firstDeltaMs === undefined
                ? `in answer to #${call.row + 1}`
                : `${duration(figures.firstDeltaMs)} to first token`}
            </span>
          </div>
        )}
        <span className="meter-buttons">
          <button type="button" className="button" data-press="raw" aria-pressed={raw} onClick={onRaw}>
            Raw markdown <kbd>m</kbd>
          </button>
          <button
            type="button"
            className="button"
            data-press="still"
            aria-pressed={paused}
            title="Stops the view, not the run: key p"
            onClick={onPause}
          >
            <Icon name={paused ? 'play' : 'pause'} />
            {paused ? 'Resume view' : 'Pause view'}
          </button>
        </span>
      </div>
      {rhythm.length > 1 && (
        <div className="meter-row scrub">
          <label>
            <span className="meta">chunk</span>
            <span className="mono chunk">{chunks}</span>
            <input
              type="range"
              min={1}
              max={rhythm.length}
              value={chunks}
              aria-label={`Chunk of the answer to #${call.row + 1}`}
              onChange={event => {
                const next = Number(event.target.value)
                onScrub(next >= rhythm.length ? undefined : { call: call.id, chunks: next })
              }}
            />
          </label>
          <span className="meta">
            of {rhythm.length}
            {pause && `, longest pause ${duration(pause.ms)} at ${seconds(pause.at)} s`}
          </span>
        </div>
      )}
    </div>
  )
}

/** The last rates of a stream, one every 100 ms, as shares of the fastest. */
function useLiveBars(call: string, tokensPerSecond: number | undefined, now: number): readonly number[] {
  const seen = useRef({ call: '', at: 0, rates: [] as number[] })
  const state = seen.current
  if (state.call !== call) seen.current = { call, at: 0, rates: [] }
  else if (tokensPerSecond !== undefined && now - state.at >= 100) {
    state.at = now
    state.rates.push(tokensPerSecond)
    if (state.rates.length > bars) state.rates.shift()
  }
  const { rates } = seen.current
  const most = Math.max(...rates, 1)
  return rates.map(value => value / most)
}
