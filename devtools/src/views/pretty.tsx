/** An event as a person reads it, by type. What has no view of its own is shown as it is. */
import type { LedgerEvent } from 'daybook'
import { useState } from 'react'
import type { Book } from '../model/book.js'
import type { Call } from '../model/calls.js'
import { glyphOf } from '../model/family.js'
import { duration, seconds } from '../model/numbers.js'
import { contentText, isRecord, list, number, oneLine, record, string } from '../model/read.js'
import { kindWords, summaryOf } from '../model/summary.js'
import { CallSections } from './call.js'
import { Glyph, Icon } from './glyph.js'
import { Json } from './json.js'
import { Clamped } from './parts.js'

export interface PrettyProps {
  readonly book: Book
  readonly row: number
  readonly now: number
  readonly onGo: (row: number) => void
}

export function Pretty({ book, row, now, onGo }: PrettyProps) {
  const event = book.events[row]
  if (!event) return null
  const data = record(event.data)
  const call = book.calls.ofRow(row)
  switch (event.type as string) {
    case 'llm.request':
      return (
        <>
          {call && <CallSections book={book} call={call} now={now} onGo={onGo} from="request" />}
          <Messages messages={list(data.messages)} />
          <Parameters data={data} />
          {call && <CacheKey book={book} call={call} />}
        </>
      )
    case 'llm.response':
      return (
        <>
          {call ? (
            <CallSections book={book} call={call} now={now} onGo={onGo} from="answer" />
          ) : (
            <Fields title="Answer" value={data} />
          )}
          <Answered data={data} />
        </>
      )
    case 'llm.failed':
      return (
        <>
          <Failure data={data} />
          {call && <Attempts book={book} call={call} onGo={onGo} />}
          {call && <CallSections book={book} call={call} now={now} onGo={onGo} from="answer" />}
          {isRecord(data.partial) && (
            <section className="section">
              <h3>What had arrived</h3>
              <Clamped text={string(data.partial.text) ?? ''} lines={8} />
            </section>
          )}
        </>
      )
    case 'llm.attempt':
      return (
        <>
          <div className="notice">
            <h3>The provider did not answer: {kindWords(data.kind)}.</h3>
            <p>
              Daybook waited {duration(number(data.wait_ms))} and asked again, for the {ordinal(number(data.n))} time.
            </p>
          </div>
          {call && <Attempts book={book} call={call} onGo={onGo} />}
        </>
      )
    case 'responder.failed':
    case 'output.rejected':
    case 'budget.exhausted':
      return (
        <>
          <Failure data={data} title={troubleOf(event)} />
          <Fields title="Details" value={data} />
        </>
      )
    case 'tool.called':
    case 'tool.returned':
      return <Tool data={data} call={call} book={book} row={row} onGo={onGo} />
    case 'object.created':
    case 'object.patched':
      return <WorldObject book={book} event={event} data={data} />
    case 'message.appended':
      return <Messages messages={[data.message]} />
    case 'relation.created':
      return (
        <Fields
          title="Relation"
          value={{
            type: data.type,
            from: book.objects.nameOf(String(data.source_id)),
            to: book.objects.nameOf(String(data.target_id)),
            ...(isRecord(data.data) ? data.data : {})
          }}
        />
      )
    case 'kit.loaded':
      return (
        <>
          <Fields title="Run" value={{ goal: data.goal, kit: data.name, version: data.version }} />
          {isRecord(data.options) && <Fields title="Options" value={data.options} />}
        </>
      )
    default:
      return (
        <section className="section raw">
          <h3>{glyphOf(event.type) === 'other' ? 'Data, as it is' : 'Data'}</h3>
          <Json value={event.data} />
        </section>
      )
  }
}

const foldFrom = 6

function Messages({ messages }: { readonly messages: readonly unknown[] }) {
  const [all, setAll] = useState(false)
  const hidden = all || messages.length <= foldFrom ? 0 : messages.length - (foldFrom - 1)
  // The first message sets the scene and the last ones ask: what is between is folded.
  const shown = messages.map((message, i) => ({ message: record(message), i }))
  const kept = hidden === 0 ? shown : [...shown.slice(0, 1), ...shown.slice(hidden + 1)]
  return (
    <section className="section">
      <h3>
        Messages <span>{messages.length}</span>
        {hidden > 0 && (
          <button type="button" className="fold right" onClick={() => setAll(true)}>
            <Icon name="right" size={10} />
            {hidden} earlier
          </button>
        )}
      </h3>
      {kept.map(({ message, i }) => (
        <MessageCard key={i} message={message} />
      ))}
    </section>
  )
}

export function MessageCard({ message }: { readonly message: Record<string, unknown> }) {
  const text = contentText(message.content)
  const calls = list(message.tool_calls).map(call => record(record(call).function))
  const tool = message.role === 'tool'
  return (
    <div className="card">
      <div className="who">
        {tool && <Glyph name="tool" />}
        {tool ? `tool result${typeof message.name === 'string' ? ` · ${message.name}` : ''}` : String(message.role)}
        <span className="right">≈ {Math.max(1, Math.round(text.length / 4))} tok</span>
      </div>
      {text !== '' && <Clamped text={text} lines={tool ? 3 : 6} mono={tool} />}
      {calls.map((call, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the calls of a message do not move
        <div className="said mono" key={i}>
          {string(call.name)} {oneLine(call.arguments, 200)}
        </div>
      ))}
    </div>
  )
}

const notParameters = new Set(['messages', 'target', 'metadata', 'cause_object_id', 'dialog_id', 'tools'])

function Parameters({ data }: { readonly data: Record<string, unknown> }) {
  const target = record(data.target)
  const tools = list(data.tools).map(tool => string(record(record(tool).function).name) ?? '?')
  const pairs = Object.entries(data).filter(([name, value]) => !notParameters.has(name) && value !== undefined)
  return (
    <section className="section">
      <h3>Parameters</h3>
      <dl className="pairs">
        {pairs.map(([name, value]) => (
          <Pair key={name} name={name} value={value} />
        ))}
        {tools.length > 0 && <Pair name="tools" value={tools.join(', ')} />}
        {typeof target.provider === 'string' && (
          <Pair name="sent to" value={[target.provider, target.api, target.base_url].filter(Boolean).join(' · ')} />
        )}
        {isRecord(data.metadata) && <Pair name="metadata" value={data.metadata} />}
      </dl>
    </section>
  )
}

function Pair({ name, value }: { readonly name: string; readonly value: unknown }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{typeof value === 'string' ? value.slice(0, 4000) : oneLine(value, 1000)}</dd>
    </>
  )
}

function CacheKey({ book, call }: { readonly book: Book; readonly call: Call }) {
  const cache = record(record(book.events[call.end]?.data).cache)
  const key = string(cache.key)
  if (!key) return null
  const words: Readonly<Record<string, string>> = {
    hit: 'This was asked before: the answer came from the cache.',
    joined: 'The same question was on its way already: its answer was shared.',
    miss: 'Nothing with this key was kept. The answer is kept now.',
    bypass: 'The call passed by the cache.',
    off: 'There is no cache.'
  }
  return (
    <section className="section">
      <h3 className="lead">
        <Glyph name="cache" />
        Cache
        <span className="right">key {key.slice(0, 8)}</span>
      </h3>
      <p className="muted">{words[String(cache.state)] ?? String(cache.state)}</p>
    </section>
  )
}

function Answered({ data }: { readonly data: Record<string, unknown> }) {
  const cache = record(data.cache)
  const dropped = list(data.dropped).join(', ')
  return (
    <section className="section">
      <h3>About this answer</h3>
      <dl className="pairs">
        <Pair name="model" value={data.model} />
        <Pair name="finish_reason" value={data.finish_reason} />
        {typeof cache.state === 'string' && (
          <Pair
            name="cache"
            value={`${cache.state}${string(cache.key) ? ` · key ${String(cache.key).slice(0, 8)}` : ''}`}
          />
        )}
        {number(data.attempts) !== undefined && <Pair name="attempts" value={data.attempts} />}
        {dropped !== '' && <Pair name="left out" value={dropped} />}
        {typeof data.id === 'string' && <Pair name="id" value={data.id} />}
      </dl>
    </section>
  )
}

function Failure({ data, title }: { readonly data: Record<string, unknown>; readonly title?: string }) {
  const status = number(data.status)
  const attempts = number(data.attempts) ?? 1
  const what =
    data.kind === 'budget'
      ? 'The call was refused before it was paid: it would have passed the budget.'
      : attempts > 1
        ? `Daybook asked ${attempts} times and then gave up.`
        : data.retryable === true
          ? 'Daybook did not ask again; the same call may succeed later.'
          : 'The same call would fail again, so Daybook did not repeat it.'
  return (
    <div className="notice" role="note">
      <h3>{title ?? `The call failed: ${kindWords(data.kind)}${status === undefined ? '' : ` (${status})`}.`}</h3>
      {typeof data.message === 'string' && <p>{data.message}</p>}
      {!title && <p>{what}</p>}
      {typeof data.hint === 'string' && <p>{data.hint}</p>}
    </div>
  )
}

function troubleOf(event: LedgerEvent): string {
  const data = record(event.data)
  if (event.type === 'responder.failed')
    return `The responder ${String(data.responder)} failed: ${kindWords(data.kind)}.`
  if (event.type === 'output.rejected')
    return `An output was rejected: ${String(data.event_type)}. ${String(data.reason ?? '')}`
  return `The run was stopped: ${list(data.reasons).join(', ') || 'its budget is used up'}.`
}

function Attempts({
  book,
  call,
  onGo
}: {
  readonly book: Book
  readonly call: Call
  readonly onGo: (row: number) => void
}) {
  const rows = [call.row, ...call.attempts, ...(call.end >= 0 ? [call.end] : [])]
  if (call.attempts.length === 0) return null
  return (
    <section className="section">
      <h3>Attempts</h3>
      <div className="links">
        {rows.map(row => (
          <EventLink key={row} book={book} row={row} onGo={onGo} />
        ))}
      </div>
    </section>
  )
}

/** An event in one line that leads to it. */
export function EventLink({
  book,
  row,
  onGo
}: {
  readonly book: Book
  readonly row: number
  readonly onGo: (row: number) => void
}) {
  const event = book.events[row]
  if (!event) return null
  const { text } = summaryOf(event, book.objects)
  return (
    <button type="button" className="link" title={event.type} onClick={() => onGo(row)}>
      <Glyph name={glyphOf(event.type)} />
      <span>#{row + 1}</span>
      <span className="mono">{seconds(book.times[row])}</span>
      <span className="clip">{text || event.type}</span>
      <span className="meta">{event.type}</span>
    </button>
  )
}

function Tool(props: {
  readonly data: Record<string, unknown>
  readonly call: Call | undefined
  readonly book: Book
  readonly row: number
  readonly onGo: (row: number) => void
}) {
  const { data, call, book, row, onGo } = props
  const other = call ? (row === call.row ? call.end : call.row) : -1
  const took = call && call.end >= 0 ? (book.times[call.end] ?? 0) - (book.times[call.row] ?? 0) : undefined
  return (
    <>
      {data.error !== undefined && (
        <div className="notice">
          <h3>The tool gave back an error.</h3>
          <p>{String(data.error)}</p>
        </div>
      )}
      <section className="section">
        <h3 className="lead">
          <Glyph name="tool" />
          {string(data.name) ?? 'tool'}
          <span className="right">{duration(took)}</span>
        </h3>
        {other >= 0 && (
          <div className="links">
            <EventLink book={book} row={other} onGo={onGo} />
          </div>
        )}
      </section>
      {'arguments' in data && <JsonSection title="Arguments" value={data.arguments} />}
      {'result' in data && <JsonSection title="Result" value={data.result} />}
    </>
  )
}

function JsonSection({ title, value }: { readonly title: string; readonly value: unknown }) {
  return (
    <section className="section raw">
      <h3>{title}</h3>
      {typeof value === 'string' ? <Clamped text={value} lines={12} mono /> : <Json value={value} />}
    </section>
  )
}

function WorldObject(props: {
  readonly book: Book
  readonly event: LedgerEvent
  readonly data: Record<string, unknown>
}) {
  const { book, event, data } = props
  const created = event.type === 'object.created'
  const value = record(created ? data.data : data.patch)
  return (
    <>
      <Fields
        title={created ? 'Object' : 'Changed object'}
        value={{ name: book.objects.nameOf(String(data.id)), id: data.id }}
      />
      <Fields title={created ? 'Data' : 'New values'} value={value} />
    </>
  )
}

/** Members of a record, texts as text and the rest as JSON. */
function Fields({ title, value }: { readonly title: string; readonly value: Record<string, unknown> }) {
  const pairs = Object.entries(value).filter(([, member]) => member !== undefined)
  return (
    <section className="section">
      <h3>{title}</h3>
      {pairs.length === 0 && <p className="muted">Nothing.</p>}
      <dl className="pairs words">
        {pairs.slice(0, 60).map(([name, member]) => (
          <div key={name} style={{ display: 'contents' }}>
            <dt>{name}</dt>
            <dd>{typeof member === 'string' ? <Clamped text={member} lines={8} /> : oneLine(member, 1000)}</dd>
          </div>
        ))}
      </dl>
      {pairs.length > 60 && <p className="meta">60 of {pairs.length} fields are shown; JSON has all.</p>}
    </section>
  )
}

function ordinal(n: number | undefined): string {
  return n === 2 ? 'second' : n === 3 ? 'third' : n === undefined ? 'next' : `${n}th`
}
