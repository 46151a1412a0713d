/** The calls of the run as questions and answers: one dialog of it, or all of them in order, while they stream. */
import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { Book } from '../model/book.js'
import type { Call } from '../model/calls.js'
import { dialogsIn } from '../model/dialogs.js'
import { callFigures } from '../model/figures.js'
import { grouped } from '../model/numbers.js'
import { record } from '../model/read.js'
import { timeOfChunk } from '../model/rhythm.js'
import { indexOf } from '../model/sorted.js'
import { stillOf } from '../model/still.js'
import { streamAt } from '../model/stream-at.js'
import { usePanel } from '../state/context.js'
import type { OpenRun } from '../state/panel.js'
import css from '../styles/dialog.css?inline'
import { useSheet } from './adopt.js'
import { DialogMeter } from './dialog-meter.js'
import { DialogNav } from './dialog-nav.js'
import { Turn } from './dialog-turn.js'
import { Boundary } from './parts.js'
import { MessageCard } from './pretty-messages.js'
import type { ViewProps } from './registry.js'
import { shownTime } from './shown-time.js'

/** So many turns are in the page at once; the others come on request. */
const pageSize = 24
/** So near to the end, the dialog follows what streams. */
const pinPx = 60

/** What a paused view shows: the book and the time at which it was paused. */
interface Still {
  readonly book: Book
  readonly now: number
}

/** An answer that is shown as far as it had come after so many chunks. */
export interface Scrub {
  readonly call: string
  readonly chunks: number
}

export function Dialog({ run }: ViewProps) {
  useSheet(css)
  const panel = usePanel()
  const [chosen, setChosen] = useState<string>()
  const [still, setStill] = useState<Still>()
  const [scrub, setScrub] = useState<Scrub>()
  const [raw, setRaw] = useState(false)
  const [from, setFrom] = useState<number>()
  const scroller = useRef<HTMLDivElement>(null)
  const pinned = useRef(run.book.calls.open.size > 0)
  /** Where a choice was made in the turns themselves, they stay where they are. */
  const inTurns = useRef(false)

  const book = still?.book ?? run.shown
  const now = still?.now ?? shownTime(run, panel)
  const dialogs = dialogsIn(run.book)
  const length = book.events.length
  const thread = chosen === undefined ? undefined : dialogs.threads.find(({ id, row }) => id === chosen && row < length)
  const calls = thread
    ? thread.calls.filter(row => row < length).map(row => book.calls.ofRow(row))
    : book.calls.all.filter(({ kind }) => kind === 'llm')
  const shown = calls.filter(call => call !== undefined).filter(call => passes(run, call))
  const first = Math.max(0, Math.min(from ?? shown.length - pageSize, shown.length - 1))
  const page = shown.slice(first, first + pageSize)

  const { selected } = panel
  const current = selected === undefined ? undefined : book.calls.ofRow(selected)
  const at = current ? shown.findIndex(({ id }) => id === current.id) : -1
  const focus = shown[at] ?? shown.findLast(({ id }) => book.streams.live.has(id)) ?? shown.at(-1)

  // Follows the end of what streams, as long as the reader is there.
  useLayoutEffect(() => {
    const element = scroller.current
    if (element && pinned.current && from === undefined && book.calls.open.size > 0 && !still) {
      element.scrollTop = element.scrollHeight
    }
  })

  const currentId = current?.id
  // biome-ignore lint/correctness/useExhaustiveDependencies: only when another call is chosen
  useEffect(() => {
    const quiet = inTurns.current
    inTurns.current = false
    if (quiet || currentId === undefined || at < 0) return
    if (at < first || at >= first + pageSize) setFrom(Math.max(0, at - 4))
    const frame = requestAnimationFrame(() => {
      const turns = [...(scroller.current?.querySelectorAll<HTMLElement>('[data-call]') ?? [])]
      turns.find(element => element.dataset.call === currentId)?.scrollIntoView({ block: 'nearest' })
    })
    return () => cancelAnimationFrame(frame)
  }, [currentId])

  const choose = (id: string | undefined): void => {
    setChosen(id)
    setFrom(undefined)
    scroller.current?.scrollTo({ top: 0 })
  }
  const go = (row: number): void => {
    inTurns.current = true
    panel.select(row)
  }

  return (
    <div className="dialog">
      <DialogNav
        run={run}
        book={book}
        now={now}
        dialogs={dialogs}
        thread={thread}
        focus={focus}
        passes={call => passes(run, call)}
        onChoose={choose}
        onGo={panel.select}
      />
      <div className="dialog-main">
        <div
          ref={scroller}
          className="turns"
          role="log"
          aria-label="Dialog"
          aria-live="off"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
          tabIndex={0}
          onScroll={() => {
            const element = scroller.current
            if (element) pinned.current = element.scrollTop + element.clientHeight > element.scrollHeight - pinPx
          }}
        >
          {first > 0 && (
            <button type="button" className="button earlier" onClick={() => setFrom(Math.max(0, first - pageSize + 2))}>
              Earlier: {grouped(first)} of {grouped(shown.length)} calls are above
            </button>
          )}
          {shown.length === 0 &&
            (thread && thread.messages.length > 0 ? (
              <Appended book={book} rows={thread.messages.filter(row => row < length)} />
            ) : (
              <p className="none">
                {run.visible && calls.length > 0
                  ? 'The filter leaves no call. Clear it to see all of them.'
                  : 'No call yet. Questions and answers appear here as they come.'}
              </p>
            ))}
          {page.map((call, i) => (
            <Boundary
              key={call.row}
              resetKey={call.end}
              fallback={() => (
                <p className="muted">Call #{call.row + 1} cannot be shown; JSON in the inspector has it.</p>
              )}
            >
              <Turn
                book={book}
                call={call}
                dialogs={dialogs}
                above={page[i - 1]}
                now={now}
                raw={raw}
                selected={call.id === currentId}
                partly={scrub?.call === call.id ? partOf(book, call, scrub.chunks) : undefined}
                onGo={go}
              />
            </Boundary>
          ))}
          {first + page.length < shown.length && (
            <button
              type="button"
              className="button earlier"
              onClick={() => {
                const next = first + pageSize - 2
                setFrom(next + pageSize >= shown.length ? undefined : next)
              }}
            >
              Later: {grouped(shown.length - first - page.length)} calls are below
            </button>
          )}
        </div>
        {focus && (
          <DialogMeter
            book={book}
            call={focus}
            now={now}
            scrub={scrub}
            onScrub={setScrub}
            raw={raw}
            onRaw={() => setRaw(!raw)}
            paused={still !== undefined}
            onPause={() => setStill(still ? undefined : { book: stillOf(run.shown), now })}
          />
        )}
      </div>
    </div>
  )
}

/** The answer as it stood after so many chunks; undefined where that is all of it. */
function partOf(book: Book, call: Call, chunks: number): ReturnType<typeof streamAt> {
  const end = call.end < 0 ? undefined : book.events[call.end]
  if (!end) return undefined
  const { rhythm } = callFigures(book, call, 0)
  return chunks >= rhythm.length ? undefined : streamAt(call.id, end, timeOfChunk(rhythm, chunks))
}

/** A dialog whose messages were recorded without calls. */
function Appended({ book, rows }: { readonly book: Book; readonly rows: readonly number[] }) {
  const shown = rows.slice(-pageSize * 2)
  return (
    <div className="appended">
      {shown.length < rows.length && (
        <p className="meta">{rows.length - shown.length} earlier messages are in the ledger.</p>
      )}
      {shown.map(row => (
        <MessageCard key={row} message={record(record(book.events[row]?.data).message)} />
      ))}
    </div>
  )
}

function passes(run: OpenRun, call: Call): boolean {
  if (!run.visible) return true
  return indexOf(run.visible, call.row) >= 0 || (call.end >= 0 && indexOf(run.visible, call.end) >= 0)
}
