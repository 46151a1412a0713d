/** A model's words. Text becomes elements, never markup; links lead to http(s) or mail only; nothing is loaded. */
import { type ReactNode, useMemo, useState } from 'react'
import { masked } from '../model/mask.js'
import { type Block, blocks, type Span } from '../model/prose.js'
import { PictureBox, SafeLink } from './content.js'

/** So many characters and blocks are in the page at first; an answer that streams shows its end, one that is whole its beginning. */
const room = { characters: 16_000, blocks: 150 }

/** One renderer for answers that stream and answers that are whole. */
export function Prose({ text, caret }: { readonly text: string; readonly caret?: 'moving' | 'idle' | undefined }) {
  const [times, setTimes] = useState(1)
  const most = room.characters * times
  const cut = text.length > most
  const shown = cut ? (caret ? text.slice(-most) : text.slice(0, most)) : text
  const all = useMemo(() => blocks(masked(shown)), [shown])
  const parts =
    all.length <= room.blocks * times
      ? all
      : caret
        ? all.slice(-room.blocks * times)
        : all.slice(0, room.blocks * times)
  const mark = caret ? <span className={caret === 'idle' ? 'caret idle' : 'caret'} /> : undefined
  const more = (cut || parts.length < all.length) && (
    <button type="button" className="more" onClick={() => setTimes(times * 4)}>
      Show more of {text.length} characters
    </button>
  )
  return (
    <div className="prose">
      {caret && more}
      {parts.map((block, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: blocks of a growing text keep their place
        <BlockOf key={i} block={block} end={i === parts.length - 1 ? mark : undefined} />
      ))}
      {parts.length === 0 && mark && <p>{mark}</p>}
      {!caret && more}
    </div>
  )
}

function BlockOf({ block, end }: { readonly block: Block; readonly end: ReactNode }) {
  switch (block.kind) {
    case 'heading':
      return (
        // A heading of the model's, which is none of the panel's.
        <p className="heading">
          <Spans spans={block.spans} />
          {end}
        </p>
      )
    case 'item':
      return (
        <div className="li" style={{ paddingLeft: block.depth * 16 }}>
          <span>{block.marker}</span>
          <span>
            <Spans spans={block.spans} />
            {end}
          </span>
        </div>
      )
    case 'code':
      return (
        <pre>
          <code>{block.text}</code>
          {end}
        </pre>
      )
    case 'table':
      return <Table rows={block.rows} end={end} />
    case 'quote':
      return (
        <blockquote>
          <Spans spans={block.spans} />
          {end}
        </blockquote>
      )
    case 'rule':
      return <hr />
    default:
      return (
        <p>
          <Spans spans={block.spans} />
          {end}
        </p>
      )
  }
}

type Cells = readonly (readonly Span[])[]

function Table({ rows, end }: { readonly rows: readonly Cells[]; readonly end: ReactNode }) {
  const [head, ...body] = rows
  const cells = (row: Cells, Cell: 'td' | 'th'): ReactNode =>
    row.map((spans, i) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: cells keep their place
      <Cell key={i}>
        <Spans spans={spans} />
      </Cell>
    ))
  return (
    <div className="table">
      <table>
        <thead>
          <tr>{cells(head ?? [], 'th')}</tr>
        </thead>
        <tbody>
          {body.slice(0, 200).map((row, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows keep their place
            <tr key={i}>{cells(row, 'td')}</tr>
          ))}
        </tbody>
      </table>
      {body.length > 200 && <p className="meta">{body.length - 200} more rows are in the raw text.</p>}
      {end}
    </div>
  )
}

function Spans({ spans }: { readonly spans: readonly Span[] }) {
  return spans.map((span, i) => {
    const key = i
    switch (span.kind) {
      case 'strong':
        return <strong key={key}>{span.text}</strong>
      case 'emphasis':
        return <em key={key}>{span.text}</em>
      case 'code':
        return <code key={key}>{span.text}</code>
      case 'link':
        return <SafeLink key={key} href={span.href} text={span.text} />
      case 'image':
        return <PictureBox key={key} url={span.href} label={span.text} />
      default:
        return span.text
    }
  })
}
