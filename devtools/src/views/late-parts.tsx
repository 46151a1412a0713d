/** Small parts of what is loaded after the panel. */

import { useState } from 'react'
import type { Book } from '../model/book.js'
import { glyphOf } from '../model/family.js'
import { masked } from '../model/mask.js'
import { grouped } from '../model/numbers.js'
import { Glyph, Icon } from './glyph.js'
import { copy } from './parts.js'

/** A link to an event of the run: its glyph and number. */
export function Ref({
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
  return (
    <button type="button" className="ref" title={event.type} onClick={() => onGo(row)}>
      <Glyph name={glyphOf(event.type)} />
      <span>#{row + 1}</span>
    </button>
  )
}

export function CopyButton({ text, label }: { readonly text: () => string; readonly label: string }) {
  const [done, setDone] = useState(false)
  return (
    <button
      type="button"
      className="icon"
      title={done ? 'Copied' : label}
      aria-label={label}
      onClick={() => void copy(text()).then(ok => setDone(ok))}
      onBlur={() => setDone(false)}
    >
      <Icon name={done ? 'check' : 'copy'} />
    </button>
  )
}

/** Text that is cut after some lines, with a button that shows the rest. */
export function Clamped({
  text,
  lines = 4,
  mono = false
}: {
  readonly text: string
  readonly lines?: number
  readonly mono?: boolean
}) {
  const [open, setOpen] = useState(false)
  const long = text.length > lines * 58 || text.split('\n', lines + 1).length > lines
  const shown = masked(open ? text : text.slice(0, lines * 200))
  return (
    <>
      <div className={`said${mono ? ' mono' : ''}${long && !open ? ' clamp' : ''}`}>{shown}</div>
      {long && (
        <button type="button" className="more" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? 'Show less' : `Show all ${grouped(text.length)} characters`}
        </button>
      )}
    </>
  )
}
