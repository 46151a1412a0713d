/** A list of rows of one height, of which only those in sight are in the page. */
import { type ReactNode, type UIEvent, useLayoutEffect, useRef, useState } from 'react'

export interface WindowedProps {
  readonly total: number
  readonly rowHeight: number
  readonly label: string
  readonly className?: string
  readonly role?: 'list' | 'table' | 'group'
  /** In front of the rows, such as the heads of columns. It scrolls with them sideways and stays above them. */
  readonly head?: ReactNode
  /** The row that is kept in sight when it changes. */
  readonly shown?: number | undefined
  readonly children: (at: number) => ReactNode
}

const overscan = 4

export function Windowed({ total, rowHeight, label, className, role, head, shown, children }: WindowedProps) {
  const box = useRef<HTMLDivElement>(null)
  const [view, setView] = useState({ top: 0, height: 400 })
  useLayoutEffect(() => {
    const element = box.current
    if (!element) return
    const observer = new ResizeObserver(() => setView(viewOf(element)))
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  useLayoutEffect(() => {
    const element = box.current
    if (!element || shown === undefined || shown < 0) return
    const top = shown * rowHeight
    if (top < element.scrollTop) element.scrollTop = top
    else if (top + 2 * rowHeight > element.scrollTop + element.clientHeight) {
      element.scrollTop = top + 2 * rowHeight - element.clientHeight
    }
  }, [shown, rowHeight])
  const first = Math.max(0, Math.floor(view.top / rowHeight) - overscan)
  const last = Math.min(total, Math.ceil((view.top + view.height) / rowHeight) + overscan)
  const rows = []
  for (let at = first; at < last; at++) rows.push(children(at))
  return (
    // biome-ignore lint/a11y/useAriaPropsSupportedByRole: it always has a role that may have a name
    <div
      ref={box}
      className={className ? `windowed ${className}` : 'windowed'}
      role={role ?? 'group'}
      aria-label={label}
      tabIndex={0}
      onScroll={(event: UIEvent<HTMLElement>) => setView(viewOf(event.currentTarget))}
    >
      {head}
      <div
        className="space"
        role={role === 'table' ? 'rowgroup' : 'presentation'}
        style={{ height: total * rowHeight }}
      >
        <div role="presentation" style={{ transform: `translateY(${first * rowHeight}px)` }}>
          {rows}
        </div>
      </div>
    </div>
  )
}

function viewOf(element: HTMLElement): { top: number; height: number } {
  return { top: element.scrollTop, height: element.clientHeight }
}
