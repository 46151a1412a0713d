/** Small parts that several views use. */
import { Component, type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react'
import type { Chip as ChipModel } from '../model/row.js'
import type { SourceStatus } from '../model/source.js'

export function Chip({ chip }: { readonly chip: ChipModel }) {
  return (
    <span className={`chip ${chip.look}`} title={chip.title}>
      {chip.text}
    </span>
  )
}

/** True where the text is on the clipboard; a page without the permission says no instead of failing. */
export async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return false
  }
}

export interface TabItem<Name extends string> {
  readonly name: Name
  readonly label: string
}

/** Tabs with one stop in the tab order; arrows move between them. */
export function Tabs<Name extends string>(props: {
  readonly items: readonly TabItem<Name>[]
  readonly value: Name
  readonly label: string
  readonly onChange: (name: Name) => void
  readonly small?: boolean
  readonly children?: ReactNode
}) {
  const { items, value, label, onChange, small, children } = props
  const move = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
    if (step === 0) return
    event.preventDefault()
    event.stopPropagation()
    const at = items.findIndex(item => item.name === value)
    const next = items[(at + step + items.length) % items.length]
    if (!next) return
    onChange(next.name)
    const list = event.currentTarget
    requestAnimationFrame(() => list.querySelector<HTMLElement>('[aria-selected="true"]')?.focus())
  }
  const list = useRef<HTMLDivElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another tab is chosen: it comes into sight
  useEffect(() => {
    const shown = list.current
    const tab = shown?.querySelector<HTMLElement>('[aria-selected="true"]')
    if (!shown || !tab) return
    const at = tab.offsetLeft - shown.offsetLeft
    // No further than it takes, and not under the fade.
    shown.scrollLeft = Math.max(at + tab.offsetWidth + 20 - shown.clientWidth, Math.min(shown.scrollLeft, at - 20))
  }, [value])
  return (
    <div className={small ? 'tabs small' : 'tabs'}>
      <div ref={list} role="tablist" aria-label={label} onKeyDown={move}>
        {items.map(item => (
          <button
            key={item.name}
            type="button"
            role="tab"
            className="tab"
            aria-selected={item.name === value}
            tabIndex={item.name === value ? 0 : -1}
            onClick={() => onChange(item.name)}
          >
            {item.label}
          </button>
        ))}
      </div>
      {children}
    </div>
  )
}

/** A button that opens a list; Escape, a choice and leaving it close it. */
export function Menu(props: {
  readonly label: string
  readonly className: string
  readonly button: ReactNode
  readonly end?: boolean
  /** The button's own words name it; the label only explains. */
  readonly named?: boolean
  readonly children: (close: () => void) => ReactNode
}) {
  const [open, setOpen] = useState(false)
  const id = useId()
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: hears the keys of the button and the list in it
    <div
      className="menu"
      onBlur={event => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOpen(false)
      }}
      onKeyDown={event => {
        if (!open) return
        if (event.key === 'Escape') {
          setOpen(false)
          event.stopPropagation()
        } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
          const items = [...event.currentTarget.querySelectorAll<HTMLElement>('.list button')]
          const root = event.currentTarget.getRootNode() as Document | ShadowRoot
          const at = items.indexOf(root.activeElement as HTMLElement)
          items[(at + (event.key === 'ArrowDown' ? 1 : -1) + items.length) % items.length]?.focus()
          event.preventDefault()
          event.stopPropagation()
        }
      }}
    >
      <button
        type="button"
        className={props.className}
        aria-label={props.named ? undefined : props.label}
        title={props.label}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        onClick={() => setOpen(!open)}
      >
        {props.button}
      </button>
      {open && (
        <div id={id} role="menu" aria-label={props.label} className={props.end ? 'list end' : 'list'}>
          {props.children(() => setOpen(false))}
        </div>
      )}
    </div>
  )
}

export function Waiting({ children }: { readonly children: string }) {
  return (
    <p className="none waiting" role="status">
      {children}
    </p>
  )
}

export function StatusDot({ status }: { readonly status: SourceStatus }) {
  const look = status.state === 'live' ? 'dot' : status.state === 'lost' ? 'dot lost' : 'dot off'
  return <span className={look} title={status.message} />
}

export function statusWord(status: SourceStatus, file: boolean): string {
  const connecting = file ? 'reading' : 'connecting'
  const words = { live: 'live', connecting, lost: 'reconnecting', closed: file ? 'read only' : 'closed' }
  return words[status.state]
}

/** Keeps a failure where it is: what cannot be drawn is shown raw, and the rest of the panel goes on. */
export class Boundary extends Component<
  { readonly fallback: (error: unknown) => ReactNode; readonly children: ReactNode; readonly resetKey?: unknown },
  { readonly error: unknown; readonly key: unknown }
> {
  override state: { error: unknown; key: unknown } = { error: undefined, key: this.props.resetKey }

  static getDerivedStateFromError(error: unknown): { error: unknown } {
    return { error: error ?? new Error('unknown') }
  }

  static getDerivedStateFromProps(
    props: { resetKey?: unknown },
    state: { error: unknown; key: unknown }
  ): { error: unknown; key: unknown } | null {
    return props.resetKey === state.key ? null : { error: undefined, key: props.resetKey }
  }

  override render(): ReactNode {
    return this.state.error === undefined ? this.props.children : this.props.fallback(this.state.error)
  }
}
