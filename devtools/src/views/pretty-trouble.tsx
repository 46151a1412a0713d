/** What went wrong: the cause, what Daybook did about it, what to do, and the events that tell the rest. */

import type { LedgerEvent } from 'daybook'
import type { ReactNode } from 'react'
import type { Book } from '../model/book.js'
import type { Call } from '../model/calls.js'
import { glyphOf } from '../model/family.js'
import { callFigures } from '../model/figures.js'
import { masked } from '../model/mask.js'
import { duration, seconds, usd } from '../model/numbers.js'
import { list, number, record, string } from '../model/read.js'
import { kindWords } from '../model/summary.js'
import { Glyph } from './glyph.js'
import { Ref } from './late-parts.js'
import type { Go } from './pretty-fields.js'

const said: Readonly<Record<string, string>> = {
  rate_limit: 'The provider refused the call: too many requests',
  overloaded: 'The provider is overloaded',
  server: 'The provider failed',
  connection: 'The provider was not reached',
  timeout: 'The provider took too long',
  auth: 'The provider did not accept the key',
  permission: 'The key may not do this',
  credits: 'The account has no credit left',
  context_window: 'The request is longer than the model can read',
  content_policy: 'The provider refused the content',
  bad_request: 'The provider did not understand the request',
  not_found: 'The provider does not know this model or address',
  aborted: 'The call was stopped',
  budget: 'The call would have passed the budget'
}

const todo: Readonly<Record<string, string>> = {
  rate_limit: 'Send fewer calls at once (limited), or ask the provider for a higher limit.',
  overloaded: 'Try again later, or name another model to fall back to.',
  server: 'Try again later, or name another model to fall back to.',
  connection: 'Check the network and the address that the calls go to.',
  timeout: 'Allow more time, or ask for a shorter answer.',
  auth: 'Check the key that this process reads.',
  permission: 'Use a key that may use this model.',
  credits: 'Add credit to the account, or use another provider.',
  context_window: 'Send fewer messages, or choose a model that reads more.',
  bad_request: 'Look at the parameters and the tools of the request.',
  not_found: 'Check the name of the model.',
  budget: 'Raise the budget, or ask for less.'
}

function causeWords(data: Record<string, unknown>): string {
  const kind = string(data.kind) ?? ''
  const status = number(data.status)
  const words = Object.hasOwn(said, kind) ? said[kind] : `The call failed: ${kindWords(data.kind)}`
  return `${words}${status === undefined ? '' : ` (${status})`}.`
}

/** A call that failed, or an attempt of one. */
export function CallTrouble(props: {
  readonly book: Book
  readonly row: number
  readonly call: Call | undefined
  readonly onGo: Go
}) {
  const { book, row, call, onGo } = props
  const event = book.events[row]
  const data = record(event?.data)
  const kind = string(data.kind) ?? ''
  return (
    <div className="notice" role="note">
      <h3>{causeWords(data)}</h3>
      {typeof data.message === 'string' && <p className="text">{masked(data.message.slice(0, 4000))}</p>}
      {event?.type === 'llm.attempt' ? (
        <AfterAttempt book={book} data={data} call={call} onGo={onGo} />
      ) : (
        <>
          <p>
            {didWords(data)}
            {call && (
              <>
                {' '}
                It was asked at <Ref book={book} row={call.row} onGo={onGo} />.
              </>
            )}
          </p>
          <p>
            {masked(string(data.hint)?.slice(0, 2000) ?? (Object.hasOwn(todo, kind) ? (todo[kind] as string) : ''))}
          </p>
        </>
      )}
    </div>
  )
}

function AfterAttempt(props: {
  readonly book: Book
  readonly data: Record<string, unknown>
  readonly call: Call | undefined
  readonly onGo: Go
}) {
  const { book, data, call, onGo } = props
  const wait = number(data.wait_ms)
  const n = number(data.n)
  const then = `Daybook ${wait === undefined ? '' : `waited ${duration(wait)} and `}asked again${n === undefined ? '' : `, attempt ${n + 1}`}`
  const end = call && call.end >= 0 ? book.events[call.end] : undefined
  if (!call || !end) return <p>{then}. There is no answer yet.</p>
  return (
    <p>
      {then}, which {end.type === 'llm.response' ? 'was answered by' : 'failed in the end at'}{' '}
      <Ref book={book} row={call.end} onGo={onGo} />. {end.type === 'llm.response' ? 'Nothing to do.' : ''}
    </p>
  )
}

function didWords(data: Record<string, unknown>): string {
  const attempts = number(data.attempts) ?? 1
  if (data.kind === 'budget') {
    const [estimate, left] = [number(data.estimate), number(data.left)]
    const why = estimate === undefined ? '' : ` It was taken to cost ${usd(estimate, true)}, and ${usd(left)} was left.`
    return `Daybook did not send it, so it cost nothing.${why}`
  }
  if (data.kind === 'aborted') return 'Daybook stopped asking when it was told to.'
  if (attempts > 1) return `Daybook asked ${attempts} times and then gave up.`
  return data.retryable === true
    ? 'Daybook did not ask again; the same call may succeed later.'
    : 'The same call would fail again, so Daybook did not repeat it.'
}

/** Something else that went wrong: a responder, an output, the budget of the run. */
export function RunTrouble({ event, children }: { readonly event: LedgerEvent; readonly children?: ReactNode }) {
  const data = record(event.data)
  return (
    <div className="notice" role="note">
      <h3>{masked(troubleOf(event))}</h3>
      {typeof data.message === 'string' && <p className="text">{masked(data.message.slice(0, 4000))}</p>}
      {list(data.causes).length > 0 && (
        <p className="text">{masked(list(data.causes).map(String).join(' ← ').slice(0, 2000))}</p>
      )}
      <p>{doneAbout(event)}</p>
      {children}
    </div>
  )
}

function troubleOf(event: LedgerEvent): string {
  const data = record(event.data)
  const type: string = event.type
  if (type === 'responder.failed') return `The responder ${String(data.responder)} failed: ${kindWords(data.kind)}.`
  if (type === 'output.rejected')
    return `An output was rejected: ${String(data.event_type)}. ${String(data.reason ?? '')}`
  return `The run was stopped: ${list(data.reasons).map(String).join(', ') || 'its budget is used up'}.`
}

function doneAbout(event: LedgerEvent): string {
  const type: string = event.type
  if (type === 'responder.failed')
    return 'Daybook kept the event that it was called for and went on with the other responders.'
  if (type === 'output.rejected') return 'Daybook left it out of the ledger; everything else that came with it stays.'
  return 'Daybook asks no more models. Resume the run with a larger budget to go on from here.'
}

/** The tries of one call, in order. Nothing for a call that was answered at once. */
export function Attempts({ book, call, onGo }: { readonly book: Book; readonly call: Call; readonly onGo: Go }) {
  if (call.attempts.length === 0) return null
  const rows = [call.row, ...call.attempts.slice(0, 50), ...(call.end >= 0 ? [call.end] : [])]
  return (
    <section className="section">
      <h3>Attempts</h3>
      <div className="links">
        {rows.map((row, i) => (
          <button key={row} type="button" className="link" onClick={() => onGo(row)}>
            <Glyph name={glyphOf(book.events[row]?.type ?? '')} />
            <span className="mono">#{row + 1}</span>
            <span className="mono muted">{seconds(book.times[row])}</span>
            <span className="clip">{attemptWords(book, call, row)}</span>
            <span className="mono muted">
              {i > 0 ? duration((book.times[row] ?? Number.NaN) - (book.times[rows[i - 1] as number] ?? 0)) : ''}
            </span>
          </button>
        ))}
      </div>
    </section>
  )
}

function attemptWords(book: Book, call: Call, row: number): string {
  const event = book.events[row]
  const data = record(event?.data)
  if (row === call.row) return 'asked'
  if (event?.type === 'llm.attempt') {
    const wait = number(data.wait_ms)
    return `${kindWords(data.kind)}${wait === undefined ? '' : `, asked again after ${duration(wait)}`}`
  }
  if (event?.type === 'llm.failed') return `failed: ${kindWords(data.kind)}`
  const tokens = callFigures(book, call, 0).outputTokens
  return tokens === undefined ? 'answered' : `answered · ${tokens} tok`
}
