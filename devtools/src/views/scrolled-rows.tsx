/** Rows of one height within something that scrolls other things too: only those in sight are in the page. */
import { type ReactNode, useLayoutEffect, useRef, useState } from 'react'

const overscan = 8

/** The scroller is the nearest element around the rows that is marked with `data-scroll`. */
export function ScrolledRows(props: {
  readonly count: number
  readonly rowHeight: number
  /** The row that should be in sight; when it changes, it is scrolled there. */
  readonly reveal?: number | undefined
  readonly children: (at: number) => ReactNode
}) {
  const { count, rowHeight, reveal, children } = props
  const box = useRef<HTMLDivElement>(null)
  const [seen, setSeen] = useState({ from: 0, to: 40 })

  useLayoutEffect(() => {
    const element = box.current
    const scroller = element?.closest('[data-scroll]')
    if (!element || !scroller) return
    const look = (): void => {
      const above = scroller.getBoundingClientRect().top - element.getBoundingClientRect().top
      const from = Math.max(0, Math.floor(above / rowHeight) - overscan)
      const to = Math.max(from, Math.ceil((above + scroller.clientHeight) / rowHeight) + overscan)
      setSeen(now => (now.from === from && now.to === to ? now : { from, to }))
    }
    look()
    const observer = new ResizeObserver(look)
    observer.observe(scroller)
    scroller.addEventListener('scroll', look, { passive: true })
    return () => {
      observer.disconnect()
      scroller.removeEventListener('scroll', look)
    }
  }, [rowHeight])

  useLayoutEffect(() => {
    const element = box.current
    const scroller = element?.closest('[data-scroll]')
    if (!element || !scroller || reveal === undefined || reveal < 0) return
    const top = element.getBoundingClientRect().top - scroller.getBoundingClientRect().top + reveal * rowHeight
    if (top < 0) scroller.scrollTop += top
    else if (top + rowHeight > scroller.clientHeight) scroller.scrollTop += top + rowHeight - scroller.clientHeight
  }, [reveal, rowHeight])

  const from = Math.min(seen.from, count)
  const rows: ReactNode[] = []
  for (let at = from; at < Math.min(count, seen.to); at++) rows.push(children(at))
  return (
    <div ref={box} role="presentation" style={{ position: 'relative', height: count * rowHeight }}>
      <div role="presentation" style={{ position: 'absolute', left: 0, right: 0, top: from * rowHeight }}>
        {rows}
      </div>
    </div>
  )
}
