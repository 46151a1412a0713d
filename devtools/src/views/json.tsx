/** A value as it is, in a few hundred lines that fold. The inspector's JSON tab has the whole of it. */

import { useMemo, useState } from 'react'
import { type JsonLine, jsonLines } from '../model/json-tree.js'
import { masked } from '../model/mask.js'
import { grouped } from '../model/numbers.js'
import { Icon } from './glyph.js'
import { copy } from './parts.js'

const maxLines = 200

export function Json({ value }: { readonly value: unknown }) {
  const [flipped, setFlipped] = useState<ReadonlySet<string>>(new Set())
  const [whole, setWhole] = useState<ReadonlySet<string>>(new Set())
  const lines = useMemo(() => jsonLines(value, { flipped, whole }, maxLines), [value, flipped, whole])
  return (
    <div className="json">
      {lines.map(line => (
        <Line
          key={line.path}
          line={line}
          onFlip={() => setFlipped(toggle(flipped, line.path))}
          onWhole={() => setWhole(toggle(whole, line.path.replace(/#more$/, '')))}
        />
      ))}
      {lines.length >= maxLines && <p className="meta">There is more: the JSON tab shows all.</p>}
    </div>
  )
}

function Line(props: { readonly line: JsonLine; readonly onFlip: () => void; readonly onWhole: () => void }) {
  const { line, onFlip, onWhole } = props
  const folds = line.kind === 'open' || line.kind === 'closed'
  return (
    <div className="jl" style={{ paddingLeft: Math.min(line.depth, 16) * 13 }}>
      {folds ? (
        <button
          type="button"
          className="twist"
          aria-expanded={line.kind === 'open'}
          aria-label={line.path}
          onClick={onFlip}
        >
          <Icon name={line.kind === 'open' ? 'down' : 'right'} size={10} />
        </button>
      ) : (
        <span className="twist" />
      )}
      {line.kind === 'more' ? (
        <button type="button" className="more" onClick={onWhole}>
          show {line.text}
        </button>
      ) : (
        <span className="v">
          {line.name !== undefined && <span className="k">{line.name}: </span>}
          <span className={line.type === 'null' || line.kind === 'closed' ? 'w' : undefined}>{masked(line.text)}</span>
          {line.cut > 0 && (
            <button type="button" className="more" onClick={onWhole}>
              {' '}
              … {grouped(line.cut)} more {line.cut === 1 ? 'character' : 'characters'}
            </button>
          )}
        </span>
      )}
      {line.kind === 'value' && (
        <button
          type="button"
          className="icon copy"
          title={`Copy the path ${line.path}`}
          aria-label={`Copy the path ${line.path}`}
          onClick={() => void copy(line.path)}
        >
          <Icon name="copy" size={11} />
        </button>
      )}
    </div>
  )
}

export function toggle(set: ReadonlySet<string>, item: string): ReadonlySet<string> {
  const next = new Set(set)
  if (!next.delete(item)) next.add(item)
  return next
}
