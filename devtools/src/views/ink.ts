/** Drawing on a canvas with the colours of the theme, sharp on every screen. */
import { type RefObject, useEffect, useLayoutEffect, useReducer, useRef } from 'react'

const tokens = [
  'bg',
  'surface',
  'selected',
  'hover',
  'line',
  'edge',
  'lane',
  'text',
  'muted',
  'branch',
  'error',
  'cache',
  'request-fill',
  'response-fill',
  'stream-fill',
  'tool-fill',
  'cache-fill',
  'error-fill'
] as const

export type Colours = Readonly<Record<(typeof tokens)[number], string>>

export interface Ink {
  readonly colours: Colours
  readonly context: CanvasRenderingContext2D
  /** The system's few colours are in force: shapes must tell what colours did. */
  readonly forced: boolean
  readonly sans: string
  readonly width: number
  readonly height: number
  /** 45° lines of this colour, for waiting. */
  hatch(colour: string): CanvasPattern | string
  /** For reasoning. */
  dots(colour: string): CanvasPattern | string
}

const media = ['(prefers-color-scheme: dark)', '(forced-colors: active)', '(prefers-contrast: more)']

/** Draws when the component renders, and when the canvas' size or the system's theme changes. */
export function useInk(
  canvas: RefObject<HTMLCanvasElement | null>,
  theme: string,
  draw: (ink: Ink) => void
): { readonly width: number; readonly height: number } {
  const [version, again] = useReducer((n: number) => n + 1, 0)
  const size = useRef({ width: 0, height: 0 })
  const kept = useRef<{ key: string; ink: Omit<Ink, 'width' | 'height'> } | undefined>(undefined)

  useLayoutEffect(() => {
    const element = canvas.current
    if (!element) return
    const measure = (): void => {
      const { clientWidth: width, clientHeight: height } = element
      if (width === size.current.width && height === size.current.height) return
      size.current = { width, height }
      again()
    }
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    measure()
    return () => observer.disconnect()
  }, [canvas])
  useEffect(() => {
    const watched = media.map(query => matchMedia(query))
    const change = (): void => {
      kept.current = undefined
      again()
    }
    for (const query of watched) query.addEventListener('change', change)
    return () => {
      for (const query of watched) query.removeEventListener('change', change)
    }
  }, [])

  useLayoutEffect(() => {
    const element = canvas.current
    const context = element?.getContext('2d')
    const { width, height } = size.current
    if (!element || !context || width === 0 || height === 0) return
    const ratio = Math.min(3, window.devicePixelRatio || 1)
    const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)]
    if (element.width !== w) element.width = w
    if (element.height !== h) element.height = h
    const key = `${theme} ${ratio} ${version}`
    if (kept.current?.key !== key) kept.current = { key, ink: inkOf(element, context, ratio) }
    context.setTransform(ratio, 0, 0, ratio, 0, 0)
    context.clearRect(0, 0, width, height)
    draw({ ...kept.current.ink, width, height })
  })
  return size.current
}

function inkOf(
  canvas: HTMLCanvasElement,
  context: CanvasRenderingContext2D,
  ratio: number
): Omit<Ink, 'width' | 'height'> {
  const forced = matchMedia(media[1] as string).matches
  const colours = coloursOf(canvas, forced)
  const patterns = new Map<string, CanvasPattern | string>()
  const pattern = (name: string, colour: string, size: number, paint: (tile: CanvasRenderingContext2D) => void) => {
    const key = `${name} ${colour}`
    let made = patterns.get(key)
    if (made === undefined) {
      made = tile(context, ratio, size, paint) ?? colour
      patterns.set(key, made)
    }
    return made
  }
  return {
    colours,
    context,
    forced,
    sans: getComputedStyle(canvas).fontFamily,
    hatch: colour =>
      pattern('hatch', colour, 6, brush => {
        if (!forced) {
          brush.fillStyle = colours.bg
          brush.fillRect(0, 0, 6, 6)
          brush.globalAlpha = 0.24
          brush.fillStyle = colour
          brush.fillRect(0, 0, 6, 6)
          brush.globalAlpha = 0.62
        }
        brush.strokeStyle = colour
        brush.lineWidth = 1.8
        brush.beginPath()
        for (const x of [-6, 0, 6]) {
          brush.moveTo(x - 1, 7)
          brush.lineTo(x + 7, -1)
        }
        brush.stroke()
      }),
    dots: colour =>
      pattern('dots', colour, 4, brush => {
        if (!forced) {
          brush.fillStyle = colours.bg
          brush.fillRect(0, 0, 4, 4)
          brush.globalAlpha = 0.2
          brush.fillStyle = colour
          brush.fillRect(0, 0, 4, 4)
          brush.globalAlpha = 1
        }
        brush.fillStyle = colour
        brush.beginPath()
        brush.arc(2, 2, 0.9, 0, 7)
        brush.fill()
      })
  }
}

/** A tile of the screen's own pixels, so that its lines are not blurred. */
function tile(
  context: CanvasRenderingContext2D,
  ratio: number,
  size: number,
  paint: (tile: CanvasRenderingContext2D) => void
): CanvasPattern | undefined {
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = Math.round(size * ratio)
  const scale = canvas.width / size
  const brush = canvas.getContext('2d')
  if (!brush) return undefined
  brush.scale(scale, scale)
  paint(brush)
  const made = context.createPattern(canvas, 'repeat')
  made?.setTransform(new DOMMatrix().scale(1 / scale))
  return made ?? undefined
}

const system: Readonly<Record<string, string>> = {
  bg: 'Canvas',
  surface: 'Canvas',
  selected: 'Canvas',
  hover: 'Canvas'
}

/** The tokens are `light-dark()`: only an element that uses them knows which of the two it is. */
function coloursOf(canvas: HTMLCanvasElement, forced: boolean): Colours {
  if (forced) return Object.fromEntries(tokens.map(name => [name, system[name] ?? 'CanvasText'])) as Colours
  const probe = document.createElement('span')
  probe.hidden = true
  canvas.after(probe)
  const colours = tokens.map(name => {
    probe.style.color = `var(--${name})`
    return [name, getComputedStyle(probe).color]
  })
  probe.remove()
  return Object.fromEntries(colours) as Colours
}
