/** An event as a person reads it, by type. What has no view of its own is shown as it is. */

import type { LedgerEvent } from 'daybook'
import { lazy, Suspense } from 'react'
import type { Book } from '../model/book.js'
import { cacheState } from '../model/cache-state.js'
import type { Call } from '../model/calls.js'
import { glyphOf } from '../model/family.js'
import { masked } from '../model/mask.js'
import { duration } from '../model/numbers.js'
import { isRecord, list, named, number, record, string } from '../model/read.js'
import type { OpenRun } from '../state/panel.js'
import { CallSections } from './call.js'
import { Glyph } from './glyph.js'
import { Clamped } from './late-parts.js'
import { Boundary } from './parts.js'
import { EventLink, Fields, type Go, JsonSection, Pair } from './pretty-fields.js'
import { Messages, Parameters, RequestMessages, ToolsOf } from './pretty-messages.js'
import { Attempts, CallTrouble, RunTrouble } from './pretty-trouble.js'

const Miss = lazy(async () => ({ default: (await import('./miss.js')).Miss }))

export interface PrettyProps {
  readonly run: OpenRun
  readonly row: number
  readonly now: number
  readonly onGo: Go
  /** The words of answers stand beside it already. */
  readonly brief: boolean
}

export function Pretty({ run, row, now, onGo, brief }: PrettyProps) {
  const book = run.shown
  const event = book.events[row]
  if (!event) return null
  const data = record(event.data)
  const call = book.calls.ofRow(row)
  switch (event.type as string) {
    case 'llm.request':
      return (
        <>
          {call && <CallSections book={book} call={call} now={now} onGo={onGo} from="request" brief={brief} />}
          <RequestMessages whole={run.book} row={row} />
          {cacheState(book, row) === 'miss' ? (
            <Boundary resetKey={row} fallback={() => null}>
              <Suspense>
                <Miss run={run} row={row} onGo={onGo} />
              </Suspense>
            </Boundary>
          ) : (
            call && <CacheKey book={book} call={call} />
          )}
          <ToolsOf tools={list(data.tools)} />
          <Parameters data={data} />
        </>
      )
    case 'llm.response':
      return (
        <>
          {call ? (
            <CallSections book={book} call={call} now={now} onGo={onGo} from="answer" brief={brief} />
          ) : (
            <Fields title="Answer" value={data} />
          )}
          <Answered data={data} />
          {call && <Attempts book={book} call={call} onGo={onGo} />}
        </>
      )
    case 'llm.failed':
      return (
        <>
          <CallTrouble book={book} row={row} call={call} onGo={onGo} />
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
          <CallTrouble book={book} row={row} call={call} onGo={onGo} />
          {call && <Attempts book={book} call={call} onGo={onGo} />}
        </>
      )
    case 'responder.failed':
    case 'output.rejected':
    case 'budget.exhausted':
      return (
        <>
          <RunTrouble event={event} />
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
      return <JsonSection title={glyphOf(event.type) === 'other' ? 'Data, as it is' : 'Data'} value={event.data} />
  }
}

const cacheWords: Readonly<Record<string, string>> = {
  hit: 'This was asked before: the answer came from the cache.',
  joined: 'The same question was on its way already: its answer was shared.',
  bypass: 'The call passed by the cache.',
  off: 'There is no cache.'
}

function CacheKey({ book, call }: { readonly book: Book; readonly call: Call }) {
  const cache = record(record(book.events[call.end]?.data).cache)
  const key = string(cache.key)
  if (!key) return null
  const state = String(cache.state)
  return (
    <section className="section">
      <h3 className="lead">
        <Glyph name="cache" />
        Cache
        <span className="right" title={key.slice(0, 200)}>
          key {key.slice(0, 8)}
        </span>
      </h3>
      <p className="muted">{Object.hasOwn(cacheWords, state) ? cacheWords[state] : state}</p>
    </section>
  )
}

function Answered({ data }: { readonly data: Record<string, unknown> }) {
  const cache = record(data.cache)
  const dropped = list(data.dropped).map(String).join(', ')
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

function Tool(props: {
  readonly data: Record<string, unknown>
  readonly call: Call | undefined
  readonly book: Book
  readonly row: number
  readonly onGo: Go
}) {
  const { data, call, book, row, onGo } = props
  const other = call ? (row === call.row ? call.end : call.row) : -1
  const took = call && call.end >= 0 ? (book.times[call.end] ?? 0) - (book.times[call.row] ?? 0) : undefined
  const asked = other >= 0 && row !== call?.row ? record(book.events[other]?.data).arguments : undefined
  return (
    <>
      {data.error !== undefined && (
        <div className="notice" role="note">
          <h3>The tool gave back an error.</h3>
          <p className="text">{masked(String(data.error).slice(0, 4000))}</p>
          <p>The model is told of it as the tool’s result, and goes on from there.</p>
        </div>
      )}
      <section className="section">
        <h3 className="lead">
          <Glyph name="tool" />
          <span className="clip">{named(data.name) ?? 'tool'}</span>
          <span className="right">{duration(took)}</span>
        </h3>
        {other >= 0 && (
          <div className="links">
            <EventLink book={book} row={other} onGo={onGo} />
          </div>
        )}
      </section>
      {'arguments' in data && <JsonSection title="Arguments" value={data.arguments} />}
      {asked !== undefined && <JsonSection title="Arguments" value={asked} />}
      {'result' in data && <JsonSection title="Result" value={data.result} />}
    </>
  )
}

function WorldObject(props: {
  readonly book: Book
  readonly event: LedgerEvent
  readonly data: Record<string, unknown>
}) {
  const { book, event, data } = props
  const created = event.type === 'object.created'
  return (
    <>
      <Fields
        title={created ? 'Object' : 'Changed object'}
        value={{ name: book.objects.nameOf(String(data.id)), type: data.type, id: data.id }}
      />
      <Fields title={created ? 'Data' : 'New values'} value={record(created ? data.data : data.patch)} />
    </>
  )
}
