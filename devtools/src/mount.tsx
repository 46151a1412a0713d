/** Puts the panel into a shadow root: neither side's styles, keys nor failures reach the other. */
import type { ReactNode } from 'react'
import { createRoot } from 'react-dom/client'
import over from './styles/over.css?inline'
import css from './styles/panel.css?inline'
import { type Adopt, AdoptContext } from './views/adopt.js'

export interface Mounted {
  readonly host: HTMLElement
  readonly root: ShadowRoot
  render(node: ReactNode): void
  unmount(): void
}

const guarded = ['keydown', 'keyup', 'keypress', 'beforeinput', 'input', 'paste', 'copy', 'cut'] as const

/** Inline and important: a page's `* { … !important }` cannot win over it. `all` leaves the direction of writing alone. */
const hostStyle = { all: 'initial', direction: 'ltr', 'unicode-bidi': 'isolate', display: 'block' } as const

export function mount(target: Element | ShadowRoot, style: Readonly<Record<string, string>> = {}): Mounted {
  const document = target.ownerDocument
  const host = document.createElement('div')
  host.setAttribute('data-daybook-devtools', '')
  for (const [name, value] of Object.entries({ ...hostStyle, ...style })) {
    host.style.setProperty(name, value, 'important')
  }
  const root = host.attachShadow({ mode: 'open' })
  // A sheet belongs to one document: the panel may stand in another one than this script.
  const Sheet = document.defaultView?.CSSStyleSheet ?? CSSStyleSheet
  const adopted = new Set<string>()
  const adopt: Adopt = (text, below) => {
    if (adopted.has(text)) return
    adopted.add(text)
    const sheet = new Sheet()
    sheet.replaceSync(text)
    const [first, ...rest] = root.adoptedStyleSheets
    root.adoptedStyleSheets = first && below ? [first, sheet, ...rest] : [...root.adoptedStyleSheets, sheet]
  }
  adopt(css)
  adopt(over)
  const place = document.createElement('div')
  place.style.height = '100%'
  root.append(place)
  // What is typed in the panel is the panel's: the page's own hot keys must not hear it.
  const stop = (event: Event): void => event.stopPropagation()
  for (const type of guarded) host.addEventListener(type, stop)
  const react = createRoot(place, {
    onUncaughtError: error => console.error('The devtools failed.', error),
    onCaughtError: error => console.error('A part of the devtools failed.', error)
  })
  target.append(host)
  return {
    host,
    root,
    render: node => react.render(<AdoptContext value={adopt}>{node}</AdoptContext>),
    unmount() {
      host.remove()
      // Not at once: the page's own React may be in the middle of its work, and it can be the same copy.
      queueMicrotask(() => react.unmount())
    }
  }
}
