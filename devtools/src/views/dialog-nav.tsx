/** Beside the dialog: which dialogs there are, how the shown one forked, and what its model was given. */
import { useMemo } from 'react'
import type { Book } from '../model/book.js'
import type { Call } from '../model/calls.js'
import { contextOf, type Dialogs, forkTree, type Thread } from '../model/dialogs.js'
import { callFigures } from '../model/figures.js'
import { count } from '../model/numbers.js'
import { questionAt } from '../model/row.js'
import type { OpenRun } from '../state/panel.js'
import { stateGlyph } from './dialog-turn.js'
import { Glyph, Icon } from './glyph.js'
import { Chip } from './parts.js'
import type { Go } from './pretty-fields.js'
import { ScrolledRows } from './scrolled-rows.js'

const rowHeight = 24

export function DialogNav(props: {
  readonly run: OpenRun
  readonly book: Book
  readonly now: number
  readonly dialogs: Dialogs
  readonly thread: Thread | undefined
  /** The call that is looked at. */
  readonly focus: Call | undefined
  readonly passes: (call: Call) => boolean
  readonly onChoose: (id: string | undefined) => void
  readonly onGo: Go
}) {
  const { book, dialogs, thread, focus, passes, onChoose } = props
  const length = book.events.length
  const lastOf = (item: Thread): Call | undefined => {
    for (let i = item.calls.length - 1; i >= 0; i--) {
      const row = item.calls[i] as number
      if (row < length) return book.calls.ofRow(row)
    }
    return undefined
  }
  const threads = dialogs.threads.filter(item => {
    if (item.row >= length) return false
    if (!props.run.visible) return true
    return item.calls.some(row => row < length && passes(book.calls.ofRow(row) as Call))
  })
  const calls = book.calls.all.filter(call => call.kind === 'llm' && passes(call)).length
  // The one that is looked at; where it did not fork, the newest fork there is.
  const looked = thread ?? (focus && dialogs.threadOf(focus.row))
  const forked = (item: Thread): boolean => item.parent !== undefined && item.row < length
  const inFamily = looked && (looked.parent || dialogs.threads.some(item => forked(item) && item.parent === looked))
  const near = inFamily ? looked : dialogs.threads.findLast(forked)
  return (
    <nav aria-label="Dialogs" data-scroll="">
      <h2>
        Dialogs <span className="right">{threads.length}</span>
      </h2>
      <button
        type="button"
        className="turn-link"
        aria-current={thread === undefined}
        onClick={() => onChoose(undefined)}
      >
        <Icon name="file" />
        <span className="clip">All, in order</span>
        <span className="n">{calls}</span>
      </button>
      <ScrolledRows count={threads.length} rowHeight={rowHeight}>
        {at => {
          const item = threads[at] as Thread
          const call = lastOf(item)
          const label = call ? questionAt(book, item.calls[0] ?? call.row) : item.owner
          return (
            <button
              key={item.row}
              type="button"
              className="turn-link"
              aria-current={item === thread}
              title={`${item.owner}: ${label}`}
              onClick={() => {
                onChoose(item.id)
                if (call) props.onGo(call.row)
              }}
            >
              <Glyph name={call ? stateGlyph(book, call) : 'other'} />
              {item.parent && <Glyph name="branch" />}
              <span className="clip">{label}</span>
              {call && <End book={book} call={call} now={props.now} />}
            </button>
          )
        }}
      </ScrolledRows>
      {near && <Forks {...props} near={near} />}
      {focus && <Context book={book} call={focus} now={props.now} />}
    </nav>
  )
}

function End({ book, call, now }: { readonly book: Book; readonly call: Call; readonly now: number }) {
  const { cache, outputTokens } = callFigures(book, call, now)
  if (cache === 'hit' || cache === 'joined') {
    return (
      <span className="n">
        <Chip chip={{ look: 'hit', text: cache === 'hit' ? 'HIT' : 'JOINED' }} />
      </span>
    )
  }
  return (
    <>
      {call.attempts.length > 0 && <Chip chip={{ look: 'plain', text: `${call.attempts.length + 1} tries` }} />}
      <span className="n">{outputTokens === undefined ? '' : (call.end < 0 ? '≈' : '') + count(outputTokens)}</span>
    </>
  )
}

function Forks(props: Parameters<typeof DialogNav>[0] & { readonly near: Thread }) {
  const { book, dialogs, near, focus, onChoose, onGo } = props
  const { lines, left } = forkTree(book, dialogs, near, book.events.length)
  const root = lines[0]?.thread
  if (!root || lines.every(({ thread }) => thread === root)) return null
  return (
    <>
      <h2>
        <span className="clip">Forks of {root.owner}</span>
      </h2>
      <ul className="forks">
        {lines.map(({ thread, depth, row, fork }) => {
          const call = book.calls.ofRow(row)
          const label = call ? questionAt(book, row) : thread.owner
          return (
            <li
              key={`${thread.id} ${row}`}
              style={{ paddingLeft: 6 + Math.min(depth, 6) * 15 }}
              className={depth > 0 ? 'forked' : ''}
            >
              <button
                type="button"
                aria-current={focus?.row === row}
                title={`${label.slice(0, 500)} (#${row + 1})`}
                onClick={() => {
                  onChoose(thread.id)
                  onGo(row)
                }}
              >
                {fork ? <Glyph name="branch" /> : <span className={depth > 0 ? 'knot b' : 'knot'} />}
                <span className="clip">{label}</span>
                <span className="n">#{row + 1}</span>
              </button>
            </li>
          )
        })}
      </ul>
      {left > 0 && <p className="meta">{left} more are not shown.</p>}
    </>
  )
}

const roles = { system: 'system', tools: 'tools', user: 'user', assistant: 'earlier answers', tool: 'tool results' }

/** What the model had before it, by who said it, and what it made of that. */
function Context({ book, call, now }: { readonly book: Book; readonly call: Call; readonly now: number }) {
  const data = book.events[call.row]?.data
  const parts = useMemo(() => contextOf(data), [data])
  const { inputTokens, outputTokens, state } = callFigures(book, call, now)
  const estimate = parts.reduce((sum, { tokens }) => sum + tokens, 0)
  const total = (inputTokens ?? estimate) + (outputTokens ?? 0)
  const answer = { kind: state === 'streaming' ? 'answer live' : 'answer', tokens: outputTokens ?? 0 }
  return (
    <>
      <h2>
        Context of #{call.row + 1}
        <span className="right mono">
          {inputTokens === undefined ? '≈ ' : ''}
          {count(total)}
        </span>
      </h2>
      <div className="context-bar" aria-hidden="true">
        {parts.map(({ role, tokens }) => (
          <span key={role} className={role} style={{ flexGrow: tokens }} />
        ))}
        {answer.tokens > 0 && <span className={answer.kind} style={{ flexGrow: answer.tokens }} />}
      </div>
      <dl className="context">
        {parts.map(({ role, tokens }) => (
          <div key={role}>
            <dt>
              <span className={`swatch ${role}`} />
              {roles[role]}
            </dt>
            <dd>≈ {count(tokens)}</dd>
          </div>
        ))}
        {answer.tokens > 0 && (
          <div>
            <dt>
              <span className={`swatch ${answer.kind}`} />
              answer
            </dt>
            <dd>
              {state === 'streaming' ? '≈ ' : ''}
              {count(answer.tokens)}
            </dd>
          </div>
        )}
      </dl>
    </>
  )
}
