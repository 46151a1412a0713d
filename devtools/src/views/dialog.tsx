/** The calls of the run as questions and answers, in order, while they stream. */
import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { Book } from '../model/book.js'
import { shownActor } from '../model/book.js'
import type { Call } from '../model/calls.js'
import type { Glyph as GlyphName } from '../model/family.js'
import { callFigures } from '../model/figures.js'
import { count, duration, rate, seconds, usd } from '../model/numbers.js'
import { contentText, list, oneLine, record, string } from '../model/read.js'
import { questionAt } from '../model/row.js'
import { usePanel } from '../state/context.js'
import type { OpenRun } from '../state/panel.js'
import { Glyph } from './glyph.js'
import { Boundary, Chip, Clamped } from './parts.js'
import { Prose } from './prose.js'
import type { ViewProps } from './registry.js'

/** So many calls are in the page at once; earlier ones come on request. */
const pageSize = 100

export function Dialog({ run }: ViewProps) {
  const panel = usePanel()
  const book = run.shown
  const scroller = useRef<HTMLDivElement>(null)
  const [shown, setShown] = useState(pageSize)
  const pinned = useRef(false)
  const calls = book.calls.all.filter(call => call.kind === 'llm' && passes(run, call))
  const first = Math.max(0, calls.length - shown)
  const now = Date.now()

  // Follows the end of what streams, as long as the reader is there.
  useLayoutEffect(() => {
    const element = scroller.current
    if (element && pinned.current && book.calls.open.size > 0) element.scrollTop = element.scrollHeight
  })

  const { selected } = panel
  const current = selected === undefined ? undefined : book.calls.ofRow(selected)?.id
  const go = useRef<string | undefined>(undefined)
  useEffect(() => {
    if (go.current === undefined) return
    const id = go.current
    go.current = undefined
    const turn = [...(scroller.current?.querySelectorAll<HTMLElement>('[data-call]') ?? [])].find(
      element => element.dataset.call === id
    )
    turn?.scrollIntoView({ block: 'start' })
  })

  return (
    <div className="dialog">
      <nav aria-label="Calls">
        <h2>
          Calls <span className="right">{calls.length}</span>
        </h2>
        {calls.slice(first).map(call => (
          <button
            key={call.id}
            type="button"
            className="turn-link"
            aria-current={call.id === current}
            onClick={() => {
              go.current = call.id
              panel.select(call.row)
            }}
          >
            <Glyph name={stateGlyph(book, call)} />
            <span className="clip">{questionAt(book, call.row)}</span>
            <span className="n">{size(book, call, now)}</span>
          </button>
        ))}
      </nav>
      <div
        ref={scroller}
        className="turns"
        role="log"
        aria-label="Dialog"
        aria-live="off"
        onScroll={() => {
          const element = scroller.current
          if (element) pinned.current = element.scrollTop + element.clientHeight > element.scrollHeight - 60
        }}
      >
        {first > 0 && (
          <button type="button" className="button earlier" onClick={() => setShown(shown + pageSize)}>
            Show earlier calls: {first} of {calls.length} are above
          </button>
        )}
        {calls.length === 0 && <p className="none">No call yet. Questions and answers appear here as they come.</p>}
        {calls.slice(first).map(call => (
          <Boundary
            key={call.id}
            resetKey={call.end}
            fallback={() => <p className="muted">Call #{call.row + 1} cannot be shown.</p>}
          >
            <Turn book={book} call={call} now={now} selected={call.id === current} onSelect={panel.select} />
          </Boundary>
        ))}
      </div>
    </div>
  )
}

function passes(run: OpenRun, call: Call): boolean {
  if (!run.visible) return true
  return has(run.visible, call.row) || (call.end >= 0 && has(run.visible, call.end))
}

function has(rows: readonly number[], row: number): boolean {
  let low = 0
  let high = rows.length - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    const value = rows[middle] as number
    if (value === row) return true
    if (value < row) low = middle + 1
    else high = middle - 1
  }
  return false
}

function Turn(props: {
  readonly book: Book
  readonly call: Call
  readonly now: number
  readonly selected: boolean
  readonly onSelect: (row: number) => void
}) {
  const { book, call, now, selected, onSelect } = props
  const request = book.events[call.row]
  if (!request) return null
  const messages = list(record(request.data).messages).map(record)
  const last = messages.at(-1)
  const before = messages.length - 1
  const end = call.end < 0 ? undefined : book.events[call.end]
  const data = record(end?.data)
  const live = book.streams.live.get(call.id)
  const figures = callFigures(book, call, now)
  const hit = figures.cache === 'hit' || figures.cache === 'joined'
  return (
    <div data-call={call.id}>
      <article className={selected ? 'turn selected' : 'turn'}>
        <span className="glyph">
          <Glyph name="request" />
        </span>
        <div>
          <div className="by">
            <b>{shownActor(request)}</b>
            <button type="button" className="meta" onClick={() => onSelect(call.row)}>
              #{call.row + 1}, {seconds(book.times[call.row])} s
            </button>
            {before > 0 && (
              <span className="meta">
                after {before} {before === 1 ? 'message' : 'messages'}
              </span>
            )}
          </div>
          <div className="prose">
            <Clamped text={contentText(last?.content) || oneLine(last)} lines={8} />
          </div>
        </div>
      </article>
      <article className="turn answer">
        <span className="glyph">
          <Glyph name={stateGlyph(book, call)} />
        </span>
        <div>
          <div className="by">
            <b>{figures.model.replace(/^.*\//, '')}</b>
            {end ? (
              <button type="button" className="meta" onClick={() => onSelect(call.end)}>
                #{call.end + 1}, {seconds(book.times[call.end])} s
              </button>
            ) : (
              <span className="meta">for #{call.row + 1}</span>
            )}
            {hit && <Chip chip={{ look: 'hit', text: figures.cache === 'joined' ? 'JOINED' : 'HIT' }} />}
            {live && (
              <Chip
                chip={{
                  look: 'live',
                  text: figures.tokensPerSecond === undefined ? 'streaming' : rate(figures.tokensPerSecond)
                }}
              />
            )}
            <span className="meta right">
              {live
                ? `${duration(figures.firstDeltaMs)} to first token`
                : end?.type === 'llm.response'
                  ? `${duration(figures.totalMs)} · ${count(figures.outputTokens)} tok · ${hit ? `${usd(figures.savedUsd, figures.estimated)} saved` : usd(figures.costUsd, figures.estimated)}`
                  : !end
                    ? `waiting, ${duration(figures.totalMs)}`
                    : ''}
            </span>
          </div>
          {live && live.reasoning !== '' && (
            <div className="card">
              <div className="who">reasoning</div>
              <Clamped text={live.reasoning} lines={3} />
            </div>
          )}
          {live && (live.text !== '' || live.tools.length === 0) && (
            <Prose text={live.text} caret={now - live.lastAt > 600 ? 'idle' : 'moving'} />
          )}
          {live?.tools.map((tool, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: tool calls of a stream are told apart by their index
            <ToolCard key={i} name={tool.name} text={tool.arguments} />
          ))}
          {end?.type === 'llm.response' && (
            <>
              {typeof data.reasoning === 'string' && (
                <div className="card">
                  <div className="who">reasoning</div>
                  <Clamped text={data.reasoning} lines={3} />
                </div>
              )}
              <Prose text={string(data.text) ?? ''} />
              {list(data.tool_calls)
                .map(record)
                .map((tool, i) => (
                  <ToolCard
                    key={string(tool.id) ?? i}
                    name={string(tool.name) ?? 'tool'}
                    text={string(tool.arguments_text) ?? oneLine(tool.arguments, 2000)}
                  />
                ))}
            </>
          )}
          {end?.type === 'llm.failed' && <p className="f-error">{string(data.message) ?? 'The call failed.'}</p>}
          {!end && !live && <p className="muted">No token yet.</p>}
        </div>
      </article>
    </div>
  )
}

function ToolCard({ name, text }: { readonly name: string; readonly text: string }) {
  return (
    <div className="card">
      <div className="who">
        <Glyph name="tool" />
        {name}
      </div>
      <Clamped mono text={text} lines={3} />
    </div>
  )
}

function stateGlyph(book: Book, call: Call): GlyphName {
  if (call.end < 0) return 'stream'
  if (book.events[call.end]?.type === 'llm.failed') return 'error'
  const { cache } = callFigures(book, call, 0)
  return cache === 'hit' || cache === 'joined' ? 'cache' : 'response'
}

function size(book: Book, call: Call, now: number): string {
  const { outputTokens } = callFigures(book, call, now)
  return outputTokens === undefined ? '' : count(outputTokens)
}
