/** Fields that differ, one below the other: the older side muted and dotted, the newer one tinted and solid. */
import { useEffect, useMemo, useState } from 'react'
import { around, type Differ, type FieldChange, loadDiffer, maxCompared, pathWords } from '../model/differ.js'
import { masked, oneLine } from '../model/mask.js'

const maxFields = 40
const maxValue = 600
/** Of two texts that share less than this, their words are not mixed. */
const leastShared = 0.4

let loaded: Differ | undefined

/** What compares, once it is there; `failed` where its part of the panel could not be loaded. */
export function useDiffer(): Differ | 'failed' | undefined {
  const [differ, setDiffer] = useState<Differ | 'failed' | undefined>(loaded)
  useEffect(() => {
    if (loaded) return
    let over = false
    loadDiffer().then(
      found => {
        loaded = found
        if (!over) setDiffer(found)
      },
      () => {
        if (!over) setDiffer('failed')
      }
    )
    return () => {
      over = true
    }
  }, [])
  return differ
}

export function FieldDiff({ fields, differ }: { readonly fields: readonly FieldChange[]; readonly differ: Differ }) {
  return (
    <>
      {fields.slice(0, maxFields).map(field => (
        <div className="card field-diff" key={field.path}>
          <div className="mono muted field-path" title={pathWords(field.path)}>
            {pathWords(field.path)}
          </div>
          <Change field={field} differ={differ} />
        </div>
      ))}
      {fields.length > maxFields && (
        <p className="meta">
          {maxFields} of {fields.length} fields are shown.
        </p>
      )}
    </>
  )
}

function Change({ field, differ }: { readonly field: FieldChange; readonly differ: Differ }) {
  const { before, after } = field
  if (typeof before === 'string' && typeof after === 'string' && /\s/.test(before + after))
    return <WordDiff before={before} after={after} differ={differ} />
  return (
    <div className="words">
      {'before' in field && <del title={oneLine(before, 2000)}>{shown(before)}</del>}{' '}
      {'after' in field && <ins title={oneLine(after, 2000)}>{shown(after)}</ins>}
      <span className="meta">{!('before' in field) ? ' only here' : !('after' in field) ? ' only there' : ''}</span>
    </div>
  )
}

/** Two texts in one; where they share little, one below the other. */
export function WordDiff({
  before,
  after,
  differ
}: {
  readonly before: string
  readonly after: string
  readonly differ: Differ
}) {
  const { pieces, left, apart } = useMemo(() => {
    const words = differ.words(masked(before), masked(after))
    const same = words.reduce((sum, { type, text }) => sum + (type === 'same' ? text.length : 0), 0)
    return { ...around(words), apart: same < leastShared * Math.min(maxCompared, before.length, after.length) }
  }, [before, after, differ])
  if (apart) {
    return (
      <div className="words">
        <del title={masked(before.slice(0, 2000))}>{shown(before)}</del>
        <br />
        <ins title={masked(after.slice(0, 2000))}>{shown(after)}</ins>
      </div>
    )
  }
  return (
    <div className="words">
      {pieces.map(({ type, text }, i) => {
        const key = i
        if (type === 'removed') return <del key={key}>{text}</del>
        return type === 'added' ? <ins key={key}>{text}</ins> : <span key={key}>{text}</span>
      })}
      {left > 0 && <span className="meta"> … and {left} more pieces</span>}
    </div>
  )
}

function shown(value: unknown): string {
  return typeof value === 'string' ? masked(clipped(value)) : oneLine(value, maxValue)
}

function clipped(text: string): string {
  return text.length > maxValue ? `${text.slice(0, maxValue)}…` : text
}
