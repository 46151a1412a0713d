import { type RefObject, useLayoutEffect, useState } from 'react'

export interface Size {
  readonly width: number
  readonly height: number
}

/** The room inside an element, as it is now; `first` until it is known. */
export function useSize(box: RefObject<HTMLElement | null>, first: Size = { width: 0, height: 0 }): Size {
  const [size, setSize] = useState(first)
  useLayoutEffect(() => {
    const element = box.current
    if (!element) return
    const observer = new ResizeObserver(() => setSize({ width: element.clientWidth, height: element.clientHeight }))
    observer.observe(element)
    return () => observer.disconnect()
  }, [box])
  return size
}
