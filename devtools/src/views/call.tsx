/** What came back from one call: its bar, its four figures and its words, while they come and after. */
import type { Book } from '../model/book.js'
import type { Call } from '../model/calls.js'
import { type CallFigures, callFigures, segments } from '../model/figures.js'
import { oneLine } from '../model/mask.js'
import { count, duration, rate, unknown, usd } from '../model/numbers.js'
import { list, named, record, string } from '../model/read.js'
import { Glyph } from './glyph.js'
import { Clamped, Ref } from './late-parts.js'
import { Chip } from './parts.js'
import { Prose } from './prose.js'

export function CallSections(props: {
  readonly book: Book
  readonly call: Call
  readonly now: number
  readonly onGo: (row: number) => void
  /** Which side is open: the request's inspector names the answer, the answer's the request. */
  readonly from: 'request' | 'answer'
  /** The words of the answer stand beside it already. */
  readonly brief?: boolean
}) {
  const { book, call, now, onGo, from, brief = false } = props
  const figures = callFigures(book, call, now)
  const live = book.streams.live.get(call.id)
  const end = call.end < 0 ? undefined : book.events[call.end]
  const streaming = figures.state === 'streaming'
  return (
    <>
      <section className="section">
        <h3 className="lead">
          {(streaming || figures.state === 'open') && <Glyph name="stream" />}
          {from === 'answer' ? (
            <>
              Asked by <Ref book={book} row={call.row} onGo={onGo} />
            </>
          ) : call.end >= 0 ? (
            <>
              {figures.state === 'failed' ? 'Failed at' : 'Answered by'} <Ref book={book} row={call.end} onGo={onGo} />
            </>
          ) : streaming ? (
            'Streaming'
          ) : (
            'Waiting for the first token'
          )}
          {streaming && figures.tokensPerSecond !== undefined && (
            <Chip chip={{ look: 'live', text: rate(figures.tokensPerSecond) }} />
          )}
          <span className="right">{duration(figures.totalMs)}</span>
        </h3>
        <Bar figures={figures} />
        {figures.state !== 'failed' && <Four figures={figures} />}
      </section>
      {live && !brief && (
        <section className="section" aria-label="Answer, streaming">
          <h3>
            Answer so far
            <span className="right">≈ {count(Math.round(live.tokens))} tok</span>
          </h3>
          {live.partial && <p className="meta">The beginning was not seen here; the whole answer follows.</p>}
          {live.reasoning !== '' && (
            <div className="card">
              <div className="who">reasoning</div>
              <Clamped text={live.reasoning} lines={3} />
            </div>
          )}
          {live.tools.map((tool, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: tool calls of a stream are told apart by their index
            <div className="card" key={i}>
              <div className="who">
                <Glyph name="tool" />
                {tool.name}
              </div>
              <div className="said mono">{tool.arguments}</div>
            </div>
          ))}
          {(live.text !== '' || live.tools.length === 0) && (
            <div data-live-answer="">
              <Prose text={live.text} caret={now - live.lastAt > 600 ? 'idle' : 'moving'} />
            </div>
          )}
        </section>
      )}
      {end?.type === 'llm.response' && !brief && <Answer data={record(end.data)} />}
      {figures.state === 'answered' && (from === 'answer' || brief) && (
        <Tokens figures={figures} data={record(end?.data)} />
      )}
    </>
  )
}

function Bar({ figures }: { readonly figures: CallFigures }) {
  const parts = segments(figures)
  if (parts.length === 0) return null
  const hit = figures.cache === 'hit' || figures.cache === 'joined'
  const look = figures.state === 'streaming' ? 'live' : figures.state === 'failed' ? 'failed' : hit ? 'hit' : ''
  return (
    <div className={`bar ${look}`} aria-hidden="true">
      {parts.map((part, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a bar are told apart by their place
        <span key={i} className={part.kind} style={{ flex: `${Math.max(part.share, 0.002)} 1 0` }} />
      ))}
    </div>
  )
}

function Four({ figures }: { readonly figures: CallFigures }) {
  const hit = figures.cache === 'hit' || figures.cache === 'joined'
  const written = count(figures.outputTokens)
  const tokens =
    figures.inputTokens === undefined
      ? figures.state === 'streaming' && figures.outputTokens !== undefined
        ? `≈ ${written}`
        : written
      : `${count(figures.inputTokens)} → ${written}`
  return (
    <dl className="four">
      <div>
        <dt>{duration(figures.firstDeltaMs)}</dt>
        <dd>first token</dd>
      </div>
      <div>
        <dt>{hit ? unknown : rate(figures.tokensPerSecond)}</dt>
        <dd>streaming</dd>
      </div>
      <div>
        <dt>{tokens}</dt>
        <dd>tokens</dd>
      </div>
      {hit && figures.savedUsd !== undefined ? (
        <div>
          <dt className="f-cache">{usd(figures.savedUsd, figures.estimated)}</dt>
          <dd>saved</dd>
        </div>
      ) : (
        <div>
          <dt>{usd(figures.costUsd, figures.estimated)}</dt>
          <dd>cost</dd>
        </div>
      )}
    </dl>
  )
}

function Answer({ data }: { readonly data: Record<string, unknown> }) {
  const text = string(data.text) ?? ''
  const reasoning = string(data.reasoning)
  const refusal = string(data.refusal)
  const tools = list(data.tool_calls).map(record)
  return (
    <section className="section" aria-label="Answer">
      <h3>
        Answer
        {typeof data.finish_reason === 'string' && data.finish_reason !== 'stop' && (
          <Chip chip={{ look: 'plain', text: data.finish_reason.replaceAll('_', ' ') }} />
        )}
        <span className="right">{text === '' ? '' : `${count(text.length)} characters`}</span>
      </h3>
      {reasoning && (
        <div className="card">
          <div className="who">reasoning</div>
          <Clamped text={reasoning} lines={3} />
        </div>
      )}
      {text !== '' && <Prose text={text} />}
      {refusal && <p className="muted">Refused: {refusal}</p>}
      {tools.map((tool, i) => (
        <div className="card" key={string(tool.id) ?? i}>
          <div className="who">
            <Glyph name="tool" />
            {named(tool.name) ?? 'tool'}
          </div>
          <Clamped mono lines={4} text={string(tool.arguments_text) ?? oneLine(tool.arguments, 4000)} />
        </div>
      ))}
    </section>
  )
}

function Tokens({ figures, data }: { readonly figures: CallFigures; readonly data: Record<string, unknown> }) {
  const price = string(data.price_date)
  const rows = [
    ['input', figures.inputTokens],
    ['from provider cache', figures.cachedTokens],
    ['output', figures.outputTokens],
    ['reasoning', figures.reasoningTokens]
  ] as const
  return (
    <section className="section">
      <h3>Tokens and cost</h3>
      <div className="money">
        {rows
          .filter(([, value]) => value !== undefined)
          .map(([name, value]) => (
            <Line key={name} name={name} value={count(value)} />
          ))}
        <span className="rule" />
        <span className="sum">total</span>
        <span className="sum r">{count(sum(figures.inputTokens, figures.outputTokens))}</span>
        <span className="sum r">{usd(figures.costUsd, figures.estimated)}</span>
      </div>
      <p className="meta" style={{ marginTop: 6 }}>
        {figures.cache === 'hit' || figures.cache === 'joined'
          ? 'From the cache: these tokens were paid for before.'
          : figures.costUsd === null
            ? 'No price is known for this model.'
            : figures.estimated
              ? 'An estimate: no provider has named these figures.'
              : price
                ? `Prices of ${price}.`
                : 'The cost is the provider’s own figure.'}
      </p>
    </section>
  )
}

function Line({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <>
      <span className="muted">{name}</span>
      <span className="r">{value}</span>
      <span />
    </>
  )
}

function sum(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined && b === undefined ? undefined : (a ?? 0) + (b ?? 0)
}
