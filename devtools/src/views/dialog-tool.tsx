/** A tool that an answer called: its arguments, and what it gave back once it has. */
import { useState } from 'react'
import type { Book } from '../model/book.js'
import { masked, oneLine } from '../model/mask.js'
import { count, duration } from '../model/numbers.js'
import { hostOf } from '../model/prose.js'
import { firstLine, isRecord, record, string } from '../model/read.js'
import { Glyph, Icon } from './glyph.js'
import { Clamped } from './late-parts.js'
import type { Go } from './pretty-fields.js'

const maxResults = 2

export function ToolCard(props: {
  readonly name: string
  readonly text: string
  readonly book: Book
  readonly called?: number | undefined
  readonly returned?: number | undefined
  readonly onGo: Go
}) {
  const { name, text, book, onGo } = props
  const length = book.events.length
  const called = props.called !== undefined && props.called < length ? props.called : undefined
  const returned = props.returned !== undefined && props.returned < length ? props.returned : undefined
  const [open, setOpen] = useState(false)
  const data = record(returned === undefined ? undefined : book.events[returned]?.data)
  const failed = data.error !== undefined
  const took =
    called !== undefined && returned !== undefined ? (book.times[returned] ?? 0) - (book.times[called] ?? 0) : undefined
  return (
    <div className="card tool-card">
      <div className="tool-head">
        <Glyph name="tool" />
        <button
          type="button"
          className="mono tool-call"
          aria-expanded={open}
          title={text.slice(0, 2000)}
          onClick={() => setOpen(!open)}
        >
          <b className="tool-called">{name}</b> {text.slice(0, 300)}
        </button>
        {returned !== undefined ? (
          <button type="button" className="mono muted tool-took" onClick={() => onGo(returned)}>
            {duration(took)}
            {failed ? <Glyph name="error" /> : <Icon name="check" />}
          </button>
        ) : (
          called !== undefined && <span className="meta">not back yet</span>
        )}
      </div>
      {open && <Clamped mono text={text} lines={12} />}
      {failed && <div className="tool-result f-error">{masked(firstLine(String(data.error), 600))}</div>}
      {'result' in data && <Result value={data.result} />}
    </div>
  )
}

/** A list as its first members, one line each; anything else as text. */
function Result({ value }: { readonly value: unknown }) {
  const [all, setAll] = useState(false)
  if (!Array.isArray(value) || value.length === 0) {
    return (
      <div className="tool-result">
        <Clamped
          mono={typeof value !== 'string'}
          text={typeof value === 'string' ? value : oneLine(value, 8000)}
          lines={3}
        />
      </div>
    )
  }
  const shown = value.slice(0, all ? 50 : maxResults)
  const left = value.length - shown.length
  return (
    <div className="tool-result">
      {shown.map((item, i) => {
        const { title, where } = lineOf(item)
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: the results of a tool do not move
          <div className="tool-item" key={i} title={oneLine(item, 600)}>
            <span className="clip">{title}</span>
            <span className="meta">{where}</span>
          </div>
        )
      })}
      {left > 0 && (
        <button type="button" className="more" onClick={() => setAll(true)} disabled={all}>
          {left} more {left === 1 ? 'result' : 'results'}, ≈ {count(Math.round(oneLine(value, 400_000).length / 4))} tok
        </button>
      )}
    </div>
  )
}

function lineOf(item: unknown): { readonly title: string; readonly where: string } {
  if (!isRecord(item))
    return { title: typeof item === 'string' ? masked(firstLine(item, 200)) : oneLine(item, 200), where: '' }
  const title = string(item.title) ?? string(item.name) ?? string(item.text)
  const url = string(item.url) ?? string(item.href)
  return {
    title: title === undefined ? oneLine(item, 200) : masked(firstLine(title, 200)),
    where: url === undefined ? '' : hostOf(url)
  }
}
