/** One call of a dialog: what was new in its question, and its answer with the tools that it called. */
import { useState } from 'react'
import type { Book } from '../model/book.js'
import { shownActor } from '../model/book.js'
import type { Call } from '../model/calls.js'
import { type Dialogs, messagesAt, sizeOf } from '../model/dialogs.js'
import type { Glyph as GlyphName } from '../model/family.js'
import { type CallFigures, callFigures } from '../model/figures.js'
import { masked, oneLine } from '../model/mask.js'
import { sameBeginning } from '../model/nearest.js'
import { count, duration, rate, seconds, usd } from '../model/numbers.js'
import { list, named, record, string } from '../model/read.js'
import type { LiveAnswer } from '../model/streams.js'
import { Content } from './content.js'
import { ToolCard } from './dialog-tool.js'
import { Glyph, Icon } from './glyph.js'
import { Chip } from './parts.js'
import type { Go } from './pretty-fields.js'
import { MessageCard } from './pretty-messages.js'
import { CallTrouble } from './pretty-trouble.js'
import { Prose } from './prose.js'

const maxNew = 3
const maxFolded = 60

export function Turn(props: {
  readonly book: Book
  readonly call: Call
  readonly dialogs: Dialogs
  /** The call that is shown above it, whose scene is not set again. */
  readonly above: Call | undefined
  readonly now: number
  readonly raw: boolean
  readonly selected: boolean
  /** The answer is shown as far as it had come. */
  readonly partly: LiveAnswer | undefined
  readonly onGo: Go
}) {
  const { book, call, dialogs, above, selected, onGo } = props
  const request = book.events[call.row]
  if (!request) return null
  const { folded, shown, same } = split(book, call, dialogs)
  const known =
    above !== undefined && folded.every(isScene) && sameBeginning(messagesAt(book, above.row), folded) === folded.length
  return (
    <div data-call={call.id} className={selected ? 'exchange selected' : 'exchange'}>
      {folded.length > 0 && !known && <Before messages={folded} same={same} since={dialogs.since(call.row)?.row} />}
      <article className="turn">
        <span className="glyph">
          <Glyph name="request" />
        </span>
        <div>
          <div className="by">
            <b className="clip" title={request.actor.slice(0, 300)}>
              {shownActor(request)}
            </b>
            <button type="button" className="meta" onClick={() => onGo(call.row)}>
              #{call.row + 1}, {seconds(book.times[call.row])} s
            </button>
          </div>
          <div className="prose">
            {shown.map((message, i) =>
              message.role === 'user' ? (
                // biome-ignore lint/suspicious/noArrayIndexKey: the messages of a request do not move
                <Content key={i} content={message.content} lines={8} />
              ) : (
                // biome-ignore lint/suspicious/noArrayIndexKey: the messages of a request do not move
                <MessageCard key={i} message={message} />
              )
            )}
            {shown.length === 0 && <p className="muted">Goes on with the results of its tools.</p>}
          </div>
        </div>
      </article>
      <Answer {...props} />
    </div>
  )
}

/** What a request says that is new in its dialog, and what is folded: said before, or seen in the answer above. */
function split(book: Book, call: Call, dialogs: Dialogs) {
  const messages = messagesAt(book, call.row)
  const since = dialogs.since(call.row)
  const same = since?.count ?? 0
  const above = since === undefined ? undefined : book.calls.ofRow(since.row)
  const folded: Record<string, unknown>[] = messages.slice(0, same).map(record)
  const shown: Record<string, unknown>[] = []
  for (const message of messages.slice(same).map(record)) {
    const seen = isScene(message) || (above !== undefined && above.end >= 0 && isAbove(message, dialogs, above.end))
    if (seen) folded.push(message)
    else shown.push(message)
  }
  if (
    shown.length === 0 &&
    folded.length === messages.length &&
    messages.at(-1) !== undefined &&
    same === messages.length
  ) {
    shown.push(record(messages.at(-1)))
    folded.pop()
  }
  while (shown.length > maxNew) folded.push(shown.shift() as Record<string, unknown>)
  return { folded, shown, same }
}

function isScene({ role }: Record<string, unknown>): boolean {
  return role === 'system' || role === 'developer'
}

/** The answer above, or the result of a tool that stands under it. */
function isAbove(message: Record<string, unknown>, dialogs: Dialogs, end: number): boolean {
  if (message.role === 'assistant') return true
  const id = string(message.tool_call_id)
  return message.role === 'tool' && id !== undefined && dialogs.toolAfter('returned', id, end) !== undefined
}

function Before(props: {
  readonly messages: readonly Record<string, unknown>[]
  readonly same: number
  readonly since: number | undefined
}) {
  const { messages, same, since } = props
  const [open, setOpen] = useState(false)
  const size = messages.reduce((sum, message) => sum + sizeOf(message), 0)
  const scene = messages.every(isScene)
  const words =
    same > 0 && since !== undefined
      ? `${messages.length} ${messages.length === 1 ? 'message' : 'messages'} before, ${same} unchanged since #${since + 1}`
      : scene
        ? 'system'
        : `${messages.length} messages before`
  return (
    <div className="turn">
      <span className="glyph">{!open && <Icon name="file" />}</span>
      <div>
        <button type="button" className="before" aria-expanded={open} onClick={() => setOpen(!open)}>
          <Icon name={open ? 'down' : 'right'} size={10} />
          <span className="clip">{words}</span>
          <span className="right mono before-size">≈ {count(Math.round(size / 4))} tok</span>
        </button>
        {open &&
          messages.slice(-maxFolded).map((message, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the messages of a request do not move
            <MessageCard key={i} message={message} />
          ))}
        {open && messages.length > maxFolded && <p className="meta">{messages.length - maxFolded} more are in JSON.</p>}
      </div>
    </div>
  )
}

function Answer(props: Parameters<typeof Turn>[0]) {
  const { book, call, dialogs, now, raw, partly, onGo } = props
  const end = call.end < 0 ? undefined : book.events[call.end]
  const data = record(end?.data)
  const live = book.streams.live.get(call.id)
  const coming = partly ?? live
  const figures = callFigures(book, call, now)
  const answered = end?.type === 'llm.response' && !partly
  const hit = figures.cache === 'hit' || figures.cache === 'joined'
  const text = coming ? coming.text : (string(data.text) ?? '')
  const reasoning = coming ? coming.reasoning : (string(data.reasoning) ?? '')
  const caret = !coming ? undefined : live && now - live.lastAt > 600 ? 'idle' : 'moving'
  return (
    <article className="turn answer">
      <span className="glyph">
        <Glyph name={stateGlyph(book, call)} />
      </span>
      <div>
        <div className="by">
          <b className="clip" title={figures.model.slice(0, 300)}>
            {figures.model.replace(/^.*\//, '') || 'model'}
          </b>
          {end ? (
            <button type="button" className="meta" onClick={() => onGo(call.end)}>
              #{call.end + 1}, {seconds(book.times[call.end])} s
            </button>
          ) : (
            <span className="meta">for #{call.row + 1}</span>
          )}
          {hit && <Chip chip={{ look: 'hit', text: figures.cache === 'joined' ? 'JOINED' : 'HIT' }} />}
          {call.attempts.length > 0 && <Chip chip={{ look: 'plain', text: `${call.attempts.length + 1} tries` }} />}
          {partly && <Chip chip={{ look: 'plain', text: `as of chunk ${partly.deltas}` }} />}
          {live && (
            <Chip
              chip={{
                look: 'live',
                text: figures.tokensPerSecond === undefined ? 'streaming' : rate(figures.tokensPerSecond)
              }}
            />
          )}
          <span className="meta right mono by-figures">{figuresLine(figures, hit, live !== undefined)}</span>
        </div>
        {reasoning !== '' && (
          <Reasoning text={reasoning} tokens={figures.reasoningTokens} open={coming !== undefined && text === ''} />
        )}
        {live?.partial && <p className="meta">The beginning was not seen here; the whole answer follows.</p>}
        {(text !== '' || (coming && coming.tools.length === 0 && reasoning === '')) &&
          (raw ? <pre className="mono source">{masked(text)}</pre> : <Prose text={text} caret={caret} />)}
        {answered && typeof data.refusal === 'string' && (
          <p className="muted">Refused: {masked(data.refusal.slice(0, 4000))}</p>
        )}
        {coming?.tools.map((tool, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: tool calls of a stream are told apart by their index
          <ToolCard key={i} name={tool.name} text={tool.arguments} book={book} onGo={onGo} />
        ))}
        {answered &&
          list(data.tool_calls)
            .slice(0, 50)
            .map(record)
            .map((tool, i) => (
              <ToolCard
                // biome-ignore lint/suspicious/noArrayIndexKey: the calls of an answer do not move
                key={i}
                name={named(tool.name) ?? 'tool'}
                text={string(tool.arguments_text) ?? oneLine(tool.arguments, 4000)}
                book={book}
                called={dialogs.toolAfter('called', string(tool.id) ?? '', call.end)}
                returned={dialogs.toolAfter('returned', string(tool.id) ?? '', call.end)}
                onGo={onGo}
              />
            ))}
        {answered && text === '' && list(data.tool_calls).length === 0 && typeof data.refusal !== 'string' && (
          <p className="muted">An empty answer.</p>
        )}
        {end?.type === 'llm.failed' && <CallTrouble book={book} row={call.end} call={call} onGo={onGo} />}
        {!end && !live && <p className="muted">No token yet.</p>}
      </div>
    </article>
  )
}

function Reasoning(props: { readonly text: string; readonly tokens: number | undefined; readonly open: boolean }) {
  const { text, tokens, open: usual } = props
  const [asked, setAsked] = useState<boolean>()
  const open = asked ?? usual
  return (
    <>
      <button type="button" className="before" aria-expanded={open} onClick={() => setAsked(!open)}>
        <Icon name={open ? 'down' : 'right'} size={10} />
        <span className="clip">{usual ? 'Reasoning' : 'Reasoned before it answered'}</span>
        <span className="right mono before-size">
          {tokens ? count(tokens) : `≈ ${count(Math.round(text.length / 4))}`} tok
        </span>
      </button>
      {open && <div className="reasoning">{masked(usual ? text.slice(-4000) : text.slice(0, 40_000))}</div>}
    </>
  )
}

function figuresLine(figures: CallFigures, hit: boolean, live: boolean): string {
  if (live) return `${duration(figures.firstDeltaMs)} to first token`
  if (figures.state === 'open') return `waiting, ${duration(figures.totalMs)}`
  if (figures.state === 'failed') return duration(figures.totalMs)
  const cost = hit ? `${usd(figures.savedUsd, figures.estimated)} saved` : usd(figures.costUsd, figures.estimated)
  return `${duration(figures.totalMs)} · ${count(figures.outputTokens)} tok · ${cost}`
}

export function stateGlyph(book: Book, call: Call): GlyphName {
  if (call.end < 0) return 'stream'
  if (book.events[call.end]?.type === 'llm.failed') return 'error'
  const { cache } = callFigures(book, call, 0)
  return cache === 'hit' || cache === 'joined' ? 'cache' : 'response'
}
