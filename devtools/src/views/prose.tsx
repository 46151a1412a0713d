/** A model's words. Text becomes elements, never markup; links lead to http(s) only; nothing is loaded. */
import type { ReactNode } from 'react'
import { type Block, blocks, type Span } from '../model/prose.js'

/** One renderer for answers that stream and answers that are whole. */
export function Prose({ text, caret }: { readonly text: string; readonly caret?: 'moving' | 'idle' | undefined }) {
  const parts = blocks(text)
  const mark = caret ? <span className={caret === 'idle' ? 'caret idle' : 'caret'} /> : undefined
  return (
    <div className="prose">
      {parts.map((block, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: blocks of a growing text keep their place
        <BlockOf key={i} block={block} end={i === parts.length - 1 ? mark : undefined} />
      ))}
      {parts.length === 0 && mark && <p>{mark}</p>}
    </div>
  )
}

function BlockOf({ block, end }: { readonly block: Block; readonly end: ReactNode }) {
  switch (block.kind) {
    case 'heading':
      return (
        <h4>
          <Spans spans={block.spans} />
          {end}
        </h4>
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
        return (
          <a key={key} href={span.href} title={span.href} target="_blank" rel="noopener noreferrer nofollow">
            {span.text}
          </a>
        )
      default:
        return span.text
    }
  })
}
