/** A dialog above the panel, inside its root: the browser keeps the focus in it and gives it back when it closes. */
import { type KeyboardEvent, type ReactNode, useLayoutEffect, useRef } from 'react'
import css from '../styles/palette.css?inline'
import { useSheet } from './adopt.js'
import { Icon } from './glyph.js'

export function Modal(props: {
  readonly label: string
  readonly className: string
  readonly onClose: () => void
  /** With its label as a heading and a button that closes it. */
  readonly titled?: boolean
  readonly onKeyDown?: (event: KeyboardEvent) => void
  readonly children: (close: () => void) => ReactNode
}) {
  const { label, className, onClose, titled = false } = props
  useSheet(css)
  const box = useRef<HTMLDialogElement>(null)
  useLayoutEffect(() => {
    const { current } = box
    if (!current || current.open) return
    current.showModal()
    current.querySelector<HTMLElement>('[data-first]')?.focus()
  }, [])
  const close = (): void => box.current?.close()
  return (
    <dialog
      ref={box}
      className={`modal ${className}`}
      aria-label={label}
      onClose={onClose}
      onClick={event => {
        if (event.target === event.currentTarget) close()
      }}
      onKeyDown={event => {
        // The keys of the panel behind it sleep.
        event.stopPropagation()
        props.onKeyDown?.(event)
      }}
    >
      {titled && (
        <div className="head">
          <h2>{label}</h2>
          <button type="button" className="icon right" aria-label="Close" title="Close (Esc)" onClick={close}>
            <Icon name="close" />
          </button>
        </div>
      )}
      {props.children(close)}
    </dialog>
  )
}

export function Keys({ caps }: { readonly caps: readonly string[] }) {
  return (
    <span className="caps">
      {caps.map((cap, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: g g is the same key twice
        <kbd key={at}>{cap}</kbd>
      ))}
    </span>
  )
}
