/** What moves the waterfall through time, beside its own rows: letters, and the wheel. */
import { type RefObject, useEffect, useRef } from 'react'
import { takesText } from './typing.js'

/** These move through time wherever the focus is in the panel, but where somebody types. */
const timeKeys = new Set(['w', 'a', 's', 'd', 'f'])

/** Hears them before the panel does: some have a meaning of their own here. */
export function useTimeKeys(lines: RefObject<HTMLElement | null>, onKey: (event: KeyboardEvent) => void): void {
  const latest = useRef(onKey)
  latest.current = onKey
  useEffect(() => {
    const element = lines.current?.closest<HTMLElement>('.db')
    if (!element) return
    const listener = (event: KeyboardEvent): void => {
      const target = event.composedPath()[0]
      if (target === lines.current || !timeKeys.has(event.key) || takesText(target)) return
      latest.current(event)
    }
    element.addEventListener('keydown', listener)
    return () => element.removeEventListener('keydown', listener)
  }, [lines])
}

/** Wheels must be able to say that the page is not to scroll, which React's cannot. */
export function useWheel(target: RefObject<HTMLElement | null>, onWheel: (event: WheelEvent) => boolean): void {
  const latest = useRef(onWheel)
  latest.current = onWheel
  useEffect(() => {
    const element = target.current
    if (!element) return
    const listener = (event: WheelEvent): void => {
      if (latest.current(event)) event.preventDefault()
    }
    element.addEventListener('wheel', listener, { passive: false })
    return () => element.removeEventListener('wheel', listener)
  }, [target])
}
