/** An event in one line. */
import type { LedgerEvent } from 'daybook'
import { masked } from './mask.js'
import { duration, unknown } from './numbers.js'
import type { Objects } from './objects.js'
import { contentText, firstLine, list, number, oneLine, record, string } from './read.js'

export interface Summary {
  readonly text: string
  /** `quote`: a model's words; `quiet`: the world's small print; `error`; `raw`: JSON as it is. */
  readonly tone: 'plain' | 'quote' | 'quiet' | 'error' | 'raw'
}

/** A row shows less than this. */
const maxText = 2000

export function summaryOf(event: LedgerEvent, objects: Objects): Summary {
  const { text, tone } = wholeSummary(event, objects)
  return { text: masked(text.slice(0, maxText)), tone }
}

function wholeSummary(event: LedgerEvent, objects: Objects): Summary {
  const data = record(event.data)
  const named = (id: unknown): string => (id === undefined ? unknown : objects.nameOf(String(id)))
  switch (event.type as string) {
    case 'llm.request':
      return { text: question(data.messages), tone: 'plain' }
    case 'llm.response':
      return answer(data)
    case 'llm.failed':
      return { text: failure(data), tone: 'error' }
    case 'llm.attempt': {
      const wait = number(data.wait_ms)
      const waited = wait === undefined ? '' : ` after ${duration(wait)}`
      return { text: `${kindWords(data.kind)} · asked again${waited}`, tone: 'error' }
    }
    case 'tool.called':
      return { text: `${string(data.name) ?? 'tool'} ${oneLine(data.arguments)}`, tone: 'plain' }
    case 'tool.returned': {
      const name = string(data.name) ?? 'tool'
      if (data.error !== undefined) return { text: `${name}: ${firstLine(String(data.error))}`, tone: 'error' }
      return { text: `${name} · ${result(data.result)}`, tone: 'plain' }
    }
    case 'object.created':
      return { text: joined(named(data.id), gist(data.data)), tone: 'quiet' }
    case 'object.patched':
      return { text: joined(named(data.id), gist(data.patch)), tone: 'quiet' }
    case 'relation.created': {
      const ends = `${named(data.source_id)} → ${named(data.target_id)}`
      return { text: `${string(data.type) ?? 'relation'} · ${ends}`, tone: 'quiet' }
    }
    case 'relation.removed':
      return { text: String(data.id ?? unknown), tone: 'quiet' }
    case 'kit.loaded':
      return {
        text: joined(`${string(data.name) ?? 'kit'} ${string(data.version) ?? ''}`.trim(), string(data.goal)),
        tone: 'quiet'
      }
    case 'run.resumed':
      return { text: `from event ${String(data.position ?? unknown)}`, tone: 'quiet' }
    case 'responder.fired':
    case 'responder.completed':
      return { text: string(data.responder) ?? '', tone: 'quiet' }
    case 'responder.failed':
      return {
        text: joined(string(data.responder) ?? 'responder', firstLine(string(data.message) ?? '')),
        tone: 'error'
      }
    case 'output.rejected':
      return { text: joined(string(data.event_type) ?? 'output', firstLine(string(data.reason) ?? '')), tone: 'error' }
    case 'budget.exhausted':
      return { text: list(data.reasons).map(String).join(', ') || 'a limit was reached', tone: 'error' }
    case 'branch.created':
      return {
        text: `${String(data.branch_id ?? unknown)} · forked at #${(number(data.fork_position) ?? 0) + 1}`,
        tone: 'plain'
      }
    case 'warning.raised':
      return { text: joined(string(data.area) ?? '', firstLine(string(data.message) ?? '')), tone: 'plain' }
    case 'message.appended':
      return said(record(data.message))
    case 'dialog.opened':
      return { text: joined(string(data.owner) ?? '', string(data.session_name)), tone: 'quiet' }
    case 'dialog.forked':
      return { text: forked(data), tone: 'quiet' }
    default:
      return { text: oneLine(event.data), tone: 'raw' }
  }
}

/** A message of a dialog: who said it, and its first line; of an answer without words, what it calls. */
function said(message: Record<string, unknown>): Summary {
  const who = string(message.name) ?? string(message.role) ?? 'message'
  const text = firstLine(plain(contentText(message.content).slice(0, 600)))
  if (text !== '') return { text: `${who} · ${text}`, tone: 'quiet' }
  const names = list(message.tool_calls).map(call => string(record(record(call).function).name) ?? 'a tool')
  if (names.length > 0) return { text: `${who} · calls ${names.join(', ')}`, tone: 'quiet' }
  return { text: `${who} · ${firstLine(string(message.refusal) ?? '') || 'no words'}`, tone: 'quiet' }
}

/** How much of its parent a fork began with. */
function forked(data: Record<string, unknown>): string {
  const all = number(data.split_point)
  const last = number(data.last_n) ?? 0
  if (all === undefined) return ''
  const kept = last === 0 ? all : last + (number(data.first_k) ?? 0)
  return kept === all ? `with all ${all} messages` : `with ${kept} of ${all} messages`
}

/** The last words of the asker, which is what tells one request from the next. */
export function question(messages: unknown): string {
  const all = list(messages)
  for (let i = all.length - 1; i >= 0; i--) {
    const message = record(all[i])
    const text = firstLine(contentText(message.content))
    if (message.role === 'tool') return `result of ${toolOf(message, all.slice(0, i)) ?? 'a tool'}: ${text}`
    if (message.role === 'user' && text !== '') return text
  }
  return all.length === 0 ? 'no messages' : firstLine(contentText(record(all.at(-1)).content))
}

/** The tool that a result is of: the message says it, or the call that it answers. */
function toolOf(message: Record<string, unknown>, before: readonly unknown[]): string | undefined {
  if (typeof message.name === 'string') return message.name
  for (let i = before.length - 1; i >= 0; i--) {
    const call = list(record(before[i]).tool_calls).find(made => record(made).id === message.tool_call_id)
    if (call) return string(record(record(call).function).name)
  }
  return undefined
}

function answer(data: Record<string, unknown>): Summary {
  const text = firstLine(plain((string(data.text) ?? '').slice(0, 600)))
  if (text !== '') return { text: `“${text}”`, tone: 'quote' }
  const names = list(data.tool_calls).map(call => string(record(call).name) ?? 'a tool')
  if (names.length > 0) return { text: `calls ${names.join(', ')}`, tone: 'plain' }
  if (typeof data.refusal === 'string') return { text: `refused: ${firstLine(data.refusal)}`, tone: 'plain' }
  return { text: 'an empty answer', tone: 'quiet' }
}

/** Without the marks of Markdown, which say nothing in one line. */
export function plain(text: string): string {
  return text.replace(/\*\*|`+|^#+\s/gm, '')
}

function failure(data: Record<string, unknown>): string {
  const status = number(data.status)
  const words = kindWords(data.kind)
  const head = status === undefined ? words : `${status} ${words}`
  return joined(head, firstLine(string(data.message) ?? ''))
}

/** `rate_limit` as `rate limit`. */
export function kindWords(kind: unknown): string {
  return string(kind)?.replaceAll('_', ' ') ?? 'failed'
}

function result(value: unknown): string {
  if (Array.isArray(value)) return `${value.length} ${value.length === 1 ? 'result' : 'results'}`
  return typeof value === 'string' ? firstLine(value) : oneLine(value)
}

const telling = ['name', 'title', 'text', 'summary', 'label', 'answer', 'about', 'status', 'state']

/** What an object or a patch says, in a few words. */
function gist(value: unknown): string {
  const fields = record(value)
  const status = string(fields.status) ?? string(fields.state)
  for (const key of telling) {
    const text = firstLine(plain((string(fields[key]) ?? '').slice(0, 600)), 120)
    if (text === '') continue
    return status && text !== status ? `${status} · ${text}` : text
  }
  return Object.keys(fields).length === 0 ? '' : oneLine(value)
}

function joined(head: string, rest: string | undefined): string {
  return rest ? `${head} · ${rest}` : head
}
