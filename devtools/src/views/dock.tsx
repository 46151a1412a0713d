/** The panel at the bottom of a page: in the top layer, so that no transform, overflow or z-index of the page reaches it. */
import { type KeyboardEvent, type PointerEvent, useLayoutEffect, useRef, useState } from 'react'
import type { Panel } from '../state/panel.js'
import { Devtools } from './devtools.js'
import { Icon } from './glyph.js'

const least = 160

export interface DockProps {
  readonly panel: Panel
  readonly height: number
  readonly onHeight: (height: number) => void
  readonly onPopOut: () => void
  readonly onClose: () => void
}

export function Dock({ panel, height: begun, onHeight, onPopOut, onClose }: DockProps) {
  const [height, setHeight] = useState(begun)
  const [large, setLarge] = useState(false)
  const most = (): number => Math.max(least, window.innerHeight - 24)
  const clamped = (value: number): number => Math.round(Math.min(most(), Math.max(least, value)))
  const shown = large ? most() : clamped(height)
  return (
    <Layer className="docked">
      <Devtools
        panel={panel}
        dock
        style={{ height: shown }}
        end={
          <>
            <PopOutButton onPopOut={onPopOut} />
            <button
              type="button"
              className="icon"
              aria-label={large ? 'Smaller' : 'Larger'}
              title={large ? 'Smaller' : 'Larger'}
              onClick={() => setLarge(!large)}
            >
              <Icon name={large ? 'shrink' : 'expand'} size={13} />
            </button>
            <button type="button" className="icon" aria-label="Close the devtools" title="Close" onClick={onClose}>
              <Icon name="close" />
            </button>
          </>
        }
      >
        <Grip
          value={shown}
          max={most()}
          onChange={value => {
            setLarge(false)
            setHeight(clamped(value))
            onHeight(clamped(value))
          }}
        />
      </Devtools>
    </Layer>
  )
}

export function PopOutButton({ onPopOut }: { readonly onPopOut: () => void }) {
  const label = 'Open in a window of its own'
  return (
    <button type="button" className="icon" aria-label={label} title={label} onClick={onPopOut}>
      <Icon name="popout" size={13} />
    </button>
  )
}

/** A box in the browser's top layer. */
function Layer({ className, children }: { readonly className: string; readonly children: React.ReactNode }) {
  const box = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    const element = box.current
    if (!element) return
    const show = (): void => {
      try {
        element.showPopover()
      } catch {
        // Open already, or not in the page; a browser without popovers has its place from the styles.
      }
    }
    show()
    // A page that takes the host away and puts it elsewhere closes the popover without a word.
    const observer = new ResizeObserver(show)
    observer.observe((element.getRootNode() as ShadowRoot).host)
    return () => observer.disconnect()
  }, [])
  return (
    <div ref={box} popover="manual" className={className}>
      {children}
    </div>
  )
}

function Grip(props: { readonly value: number; readonly max: number; readonly onChange: (value: number) => void }) {
  const { value, max, onChange } = props
  const from = useRef<{ y: number; height: number } | undefined>(undefined)
  const onPointerMove = (event: PointerEvent): void => {
    if (from.current) onChange(from.current.height + from.current.y - event.clientY)
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.shiftKey ? 80 : 16
    const next =
      event.key === 'ArrowUp'
        ? value + step
        : event.key === 'ArrowDown'
          ? value - step
          : event.key === 'Home'
            ? max
            : event.key === 'End'
              ? least
              : undefined
    if (next === undefined) return
    event.preventDefault()
    event.stopPropagation()
    onChange(next)
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a splitter that can be moved is no <hr>
    <div
      className="grip"
      role="separator"
      aria-orientation="horizontal"
      aria-label="Height of the devtools"
      aria-valuenow={value}
      aria-valuemin={least}
      aria-valuemax={max}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onPointerDown={event => {
        event.currentTarget.setPointerCapture(event.pointerId)
        from.current = { y: event.clientY, height: value }
      }}
      onPointerMove={onPointerMove}
      onPointerUp={() => {
        from.current = undefined
      }}
      onPointerCancel={() => {
        from.current = undefined
      }}
    />
  )
}
