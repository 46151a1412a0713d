/** What a request says and may do: its messages, of which those that were said before are folded, its tools, its parameters. */
import { useState } from 'react'
import type { Book } from '../model/book.js'
import { dialogsIn, messagesAt, sizeOf } from '../model/dialogs.js'
import { masked, oneLine } from '../model/mask.js'
import { count } from '../model/numbers.js'
import { isRecord, list, named, record, string } from '../model/read.js'
import { Content } from './content.js'
import { Glyph, Icon } from './glyph.js'
import { Json } from './json.js'
import { Pair } from './pretty-fields.js'

const foldFrom = 6
const maxShown = 60

/** @param since Of what was said before: how many messages, and the request that said them. */
export function Messages(props: {
  readonly messages: readonly unknown[]
  readonly since?: { readonly count: number; readonly row: number } | undefined
}) {
  const { messages, since } = props
  const [all, setAll] = useState(false)
  const known = since ? Math.min(since.count, messages.length - 1) : 0
  // Without a request before it: the first message sets the scene and the last ones ask; what is between is folded.
  const between = known === 0 && messages.length > foldFrom ? messages.length - (foldFrom - 1) : 0
  const left = all ? Math.max(0, messages.length - maxShown) : known || between
  const numbered = messages.map((message, i) => ({ message: record(message), i }))
  const kept = all || known > 0 ? numbered.slice(left) : [...numbered.slice(0, 1), ...numbered.slice(between + 1)]
  const shown = messages.length === 0 ? [] : between === 0 && !all && known === 0 ? numbered : kept
  return (
    <section className="section">
      <h3>
        Messages <span>{messages.length}</span>
        {(known > 0 || between > 0) && (
          <button type="button" className="fold right" aria-expanded={all} onClick={() => setAll(!all)}>
            <Icon name={all ? 'down' : 'right'} size={10} />
            {known > 0 && since ? `${known} unchanged since #${since.row + 1}` : `${between} between`}
          </button>
        )}
      </h3>
      {all && left > 0 && <p className="meta">The first {left} are in JSON.</p>}
      {messages.length === 0 && <p className="muted">No messages.</p>}
      {shown.map(({ message, i }) => (
        <MessageCard key={i} message={message} />
      ))}
    </section>
  )
}

/** The messages of a request, with those folded that the request before it in its dialog had too. */
export function RequestMessages({ whole, row }: { readonly whole: Book; readonly row: number }) {
  return <Messages messages={messagesAt(whole, row)} since={dialogsIn(whole).since(row)} />
}

export function MessageCard({ message }: { readonly message: Record<string, unknown> }) {
  const calls = list(message.tool_calls).map(call => record(record(call).function))
  const tool = message.role === 'tool'
  const name = named(message.name)
  return (
    <div className="card">
      <div className="who">
        {tool && <Glyph name="tool" />}
        <span className="clip">
          {tool
            ? `tool result${name ? ` · ${name}` : ''}`
            : [named(message.role) ?? 'message', name].filter(Boolean).join(' · ')}
        </span>
        <span className="right">≈ {count(Math.max(1, Math.round(sizeOf(message) / 4)))} tok</span>
      </div>
      <Content content={message.content} lines={tool ? 3 : 6} mono={tool} />
      {typeof message.refusal === 'string' && (
        <p className="said muted">Refused: {masked(message.refusal.slice(0, 2000))}</p>
      )}
      {calls.slice(0, 20).map((call, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the calls of a message do not move
        <div className="said mono called" key={i}>
          <Glyph name="tool" />
          <span>
            {named(call.name)} {masked(string(call.arguments)?.slice(0, 400) ?? oneLine(call.arguments, 400))}
          </span>
        </div>
      ))}
    </div>
  )
}

const notParameters = new Set(['messages', 'target', 'metadata', 'cause_object_id', 'dialog_id', 'tools'])

export function Parameters({ data }: { readonly data: Record<string, unknown> }) {
  const target = record(data.target)
  const pairs = Object.entries(data).filter(([name, value]) => !notParameters.has(name) && value !== undefined)
  return (
    <section className="section">
      <h3>Parameters</h3>
      <dl className="pairs">
        {pairs.slice(0, 60).map(([name, value]) => (
          <Pair key={name} name={name} value={value} />
        ))}
        {typeof target.provider === 'string' && (
          <Pair name="sent to" value={[target.provider, target.api, target.base_url].filter(Boolean).join(' · ')} />
        )}
        {typeof data.dialog_id === 'string' && <Pair name="dialog" value={data.dialog_id} />}
        {isRecord(data.metadata) && <Pair name="metadata" value={data.metadata} />}
      </dl>
    </section>
  )
}

export function ToolsOf({ tools }: { readonly tools: readonly unknown[] }) {
  if (tools.length === 0) return null
  return (
    <section className="section">
      <h3>
        Tools <span>{tools.length}</span>
      </h3>
      {tools.slice(0, 40).map((tool, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the tools of a request do not move
        <ToolLine key={i} tool={record(tool)} />
      ))}
      {tools.length > 40 && <p className="meta">40 of {tools.length} are shown; JSON has all.</p>}
    </section>
  )
}

function ToolLine({ tool }: { readonly tool: Record<string, unknown> }) {
  const [open, setOpen] = useState(false)
  const own = record(tool.function)
  const name = named(own.name) ?? named(tool.name) ?? named(tool.type) ?? 'tool'
  const about = string(own.description) ?? ''
  const more = isRecord(own.parameters) ? own.parameters : own.name === undefined ? tool : undefined
  return (
    <>
      <button
        type="button"
        className="tool-line"
        aria-expanded={open}
        title={about.slice(0, 1000)}
        onClick={() => setOpen(!open)}
      >
        <Icon name={open ? 'down' : 'right'} size={10} />
        <span className="mono tool-name">{name}</span>
        <span className="muted clip">{about}</span>
      </button>
      {open && about.length > 40 && <p className="muted">{about.slice(0, 4000)}</p>}
      {open && more && <Json value={more} />}
    </>
  )
}
