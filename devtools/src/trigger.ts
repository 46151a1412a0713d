/** What is left of a dock that is closed: how many calls run, and what the newest run has cost so far. No React. */
import type { DevtoolsSource } from './model/source.js'
import type { DevtoolsOptions } from './types.js'

export interface Trigger {
  remove(): void
}

export interface TriggerOptions extends Pick<DevtoolsOptions, 'theme'> {
  readonly onOpen: () => void
}

const css = `:host{all:initial}
div{position:fixed;inset:auto 16px 16px auto;margin:0;padding:0;border:0;background:none;overflow:visible;color-scheme:light dark}
[data-theme=light]{color-scheme:light}[data-theme=dark]{color-scheme:dark}
button{display:flex;gap:8px;align-items:center;height:28px;padding:0 12px;border:0;border-radius:13px;cursor:pointer;touch-action:none;
font:500 12px/16px system-ui,sans-serif;font-variant-numeric:tabular-nums;
background:light-dark(#14171d,#e6e8ec);color:light-dark(#fff,#14171d);box-shadow:0 8px 28px light-dark(#14171d26,#0009)}
button:focus-visible{outline:2px solid light-dark(#14171d,#e6e8ec);outline-offset:2px}
i{width:8px;height:8px;border-radius:50%;border:1.5px solid;opacity:.6}
i.on{border-color:#3fc1d1;background:#3fc1d1;opacity:1}
@media(forced-colors:active){button{border:1px solid ButtonBorder}}`

export function createTrigger(
  target: Element | ShadowRoot,
  source: Promise<DevtoolsSource>,
  { theme = 'auto', onOpen }: TriggerOptions
): Trigger {
  const page = target.ownerDocument
  const host = page.createElement('div')
  host.setAttribute('data-daybook-devtools', '')
  // Beside the page's layout, and with a size while it is in the page.
  host.style.cssText = 'all:initial;direction:ltr;position:fixed;width:1px;height:1px'.replace(/;|$/g, '!important;')
  const root = host.attachShadow({ mode: 'open' })
  const sheet = new (page.defaultView ?? window).CSSStyleSheet()
  sheet.replaceSync(css)
  root.adoptedStyleSheets = [sheet]
  const [box, button, dot, words] = ['div', 'button', 'i', 'span'].map(name => page.createElement(name)) as [
    HTMLElement,
    HTMLButtonElement,
    HTMLElement,
    HTMLElement
  ]
  box.dataset.theme = theme
  box.popover = 'manual'
  button.type = 'button'
  button.append(dot, words)
  box.append(button)
  root.append(box)
  target.append(host)
  const show = (): void => {
    try {
      box.showPopover()
    } catch {
      // Open already, or not in the page.
    }
  }
  show()
  // A page that takes the host away and puts it elsewhere closes the popover without a word.
  new ResizeObserver(show).observe(host)

  const tell = (running: number, usd?: number): void => {
    dot.className = running > 0 ? 'on' : ''
    words.textContent =
      (running > 0 ? `${running} running` : 'Daybook') + (usd === undefined ? '' : `  $${usd.toFixed(3)}`)
    button.setAttribute('aria-label', `Open the devtools: ${words.textContent}`)
  }
  tell(0)
  let gone = false
  let stop: (() => void) | undefined
  let isDrag: (() => boolean) | undefined
  button.onclick = () => {
    if (!isDrag?.()) onOpen()
  }
  Promise.all([source, import('./trigger-later.js')]).then(
    ([source, { draggable, watchNewest }]) => {
      if (gone) return
      isDrag = draggable(box, button)
      stop = watchNewest(source, tell)
    },
    (error: unknown) => console.error('The devtools could not be loaded.', error)
  )
  return {
    remove() {
      gone = true
      stop?.()
      host.remove()
    }
  }
}
