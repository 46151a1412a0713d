/** The filter box: terms told apart as they are typed, what could come next, and what is wrong with a term. */
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import { grouped } from '../model/numbers.js'
import type { Suggestion } from '../model/suggest.js'
import { usePanel } from '../state/context.js'
import { filterParts, loadFilter } from '../state/filtering.js'
import { Icon } from './glyph.js'

/** Texts are made ready in slices of so many milliseconds, from when the box has the focus. */
const readyMs = 8

export function Search({ dock }: { readonly dock: boolean }) {
  const panel = usePanel()
  const { run, filter, terms, searching } = panel
  const input = useRef<HTMLInputElement>(null)
  const mirror = useRef<HTMLDivElement>(null)
  const [focused, setFocused] = useState(false)
  const [closed, setClosed] = useState(true)
  const [caret, setCaret] = useState(0)
  const [active, setActive] = useState(-1)
  const id = useId()
  const book = run?.book

  useEffect(() => {
    if (!focused || !book) return
    let timer: ReturnType<typeof setTimeout>
    let row = 0
    const go = (): void => {
      row = filterParts()?.prepareSearch(book, row, readyMs) ?? book.events.length
      if (row < book.events.length) timer = setTimeout(go)
    }
    timer = setTimeout(go, 50)
    return () => clearTimeout(timer)
  }, [focused, book])

  const message = filterParts()?.faultsOf(terms)
  const items = (focused && !closed && filterParts()?.suggestions(filter, caret, book)) || []
  const open = items.length > 0
  const at = Math.min(active, items.length - 1)
  const found = run?.visible?.length

  const place = (): void => setCaret(input.current?.selectionStart ?? 0)
  const take = ({ term, from, to }: Suggestion): void => {
    const unfinished = term.endsWith(':')
    const rest = filter.slice(to)
    const next = `${filter.slice(0, from)}${term}${unfinished || rest.startsWith(' ') ? '' : ' '}${rest}`
    panel.setFilter(next)
    setActive(-1)
    const end = from + term.length + (unfinished ? 0 : 1)
    setCaret(end)
    requestAnimationFrame(() => input.current?.setSelectionRange(end, end))
  }
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>): void => {
    const { key } = event
    if ((key === 'ArrowDown' || key === 'ArrowUp') && !open) setClosed(false)
    else if (key === 'ArrowDown') setActive(at + 1 >= items.length ? -1 : at + 1)
    else if (key === 'ArrowUp') setActive(at < 0 ? items.length - 1 : at - 1)
    else if ((key === 'Enter' || key === 'Tab') && open && at >= 0) take(items[at] as Suggestion)
    else if (key === 'Enter') setClosed(true)
    else if (key === 'Escape') {
      event.stopPropagation()
      if (open) setClosed(true)
      else if (filter !== '') panel.setFilter('')
      else event.currentTarget.blur()
    } else return
    if (key !== 'Escape') event.preventDefault()
  }
  return (
    <search className={message ? 'search wrong' : 'search'}>
      <Icon name="search" size={13} />
      <div className="typed">
        <div ref={mirror} className="mirror" aria-hidden="true">
          <Terms input={filter} />
        </div>
        <input
          ref={input}
          type="text"
          role="combobox"
          data-keys="filter"
          aria-label="Filter events"
          aria-expanded={open}
          aria-controls={open ? id : undefined}
          aria-autocomplete="list"
          aria-activedescendant={open && at >= 0 ? `${id}-${at}` : undefined}
          aria-invalid={message ? true : undefined}
          aria-describedby={message ? `${id}-message` : undefined}
          placeholder={dock ? 'Filter' : 'Filter by text, type:llm.*, cost:>0.01, has:error'}
          spellCheck={false}
          autoComplete="off"
          value={filter}
          onChange={event => {
            panel.setFilter(event.target.value)
            setClosed(false)
            setActive(-1)
            place()
          }}
          onKeyDown={onKeyDown}
          onSelect={place}
          onScroll={event => {
            if (mirror.current) mirror.current.scrollLeft = event.currentTarget.scrollLeft
          }}
          onFocus={() => {
            const open = (): void => {
              setFocused(input.current?.matches(':focus') === true)
              setClosed(false)
              place()
            }
            if (filterParts()) open()
            else loadFilter().then(open, () => {})
          }}
          onBlur={() => {
            setFocused(false)
            if (input.current && mirror.current) mirror.current.scrollLeft = input.current.scrollLeft
          }}
        />
      </div>
      {found !== undefined && run && (
        <span className="count" role="status" aria-live={searching === undefined ? 'polite' : 'off'}>
          {searching === undefined
            ? `${grouped(found)} of ${grouped(run.book.events.length)}`
            : `${grouped(found)} in the first ${grouped(searching)}`}
        </span>
      )}
      <kbd>/</kbd>
      {(open || (focused && message)) && (
        // biome-ignore lint/a11y/noStaticElementInteractions: keeps the focus in the field
        <div className="suggest" onMouseDown={event => event.preventDefault()}>
          {message && (
            <p id={`${id}-message`} className="f-error">
              {message}
            </p>
          )}
          {open && (
            <div id={id} role="listbox" aria-label="Terms">
              {items.map((item, index) => (
                // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the keys
                // biome-ignore lint/a11y/useFocusableInteractive: the field has the focus and names its active line
                <div
                  key={item.term}
                  id={`${id}-${index}`}
                  role="option"
                  aria-selected={index === at}
                  className="line"
                  onClick={() => take(item)}
                >
                  <span className="mono clip" title={item.term}>
                    {item.term}
                  </span>
                  <span className="muted clip right">{item.about}</span>
                </div>
              ))}
            </div>
          )}
        </div>
      )}
    </search>
  )
}

/** What was typed, with its keys quiet and its faults underlined. Stands under the letters of the field, which are clear. */
function Terms({ input }: { readonly input: string }) {
  const { terms } = usePanel()
  const pieces = []
  let from = 0
  for (const term of terms) {
    const text = input.slice(term.from, term.to)
    const key = term.key === 'text' ? (/^-/.exec(text)?.[0].length ?? 0) : text.indexOf(':') + 1
    pieces.push(
      input.slice(from, term.from),
      <span key={term.from} className={term.fault ? 'fault' : undefined}>
        <span className="muted">{text.slice(0, key)}</span>
        {text.slice(key)}
      </span>
    )
    from = term.to
  }
  pieces.push(input.slice(from))
  return pieces
}
