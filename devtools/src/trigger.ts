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

/** Pixels that a press may move before it is a drag. */
const slack = 4

export function createTrigger(
  target: Element | ShadowRoot,
  source: DevtoolsSource,
  { theme = 'auto', onOpen }: TriggerOptions
): Trigger {
  const page = target.ownerDocument
  const host = page.createElement('div')
  host.setAttribute('data-daybook-devtools', '')
  host.style.setProperty('all', 'initial', 'important')
  host.style.setProperty('direction', 'ltr', 'important')
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
  box.showPopover?.()

  let moved = false
  let from: { x: number; y: number } | undefined
  button.onpointerdown = event => {
    const { right, bottom } = box.getBoundingClientRect()
    from = { x: event.clientX - right, y: event.clientY - bottom }
    moved = false
    button.setPointerCapture(event.pointerId)
    const start = { x: event.clientX, y: event.clientY }
    button.onpointermove = ({ clientX, clientY }) => {
      moved ||= Math.hypot(clientX - start.x, clientY - start.y) > slack
      const view = page.defaultView
      if (!moved || !from || !view) return
      box.style.right = `${Math.max(0, Math.min(view.innerWidth - 90, view.innerWidth - clientX + from.x))}px`
      box.style.bottom = `${Math.max(0, Math.min(view.innerHeight - 28, view.innerHeight - clientY + from.y))}px`
    }
  }
  button.onpointerup = button.onpointercancel = () => {
    button.onpointermove = null
  }
  button.onclick = () => {
    if (!moved) onOpen()
    moved = false
  }

  const stop = watchNewest(source, (running, usd) => {
    dot.className = running > 0 ? 'on' : ''
    words.textContent = `${running > 0 ? `${running} running` : 'Daybook'}${usd === undefined ? '' : `  $${usd.toFixed(3)}`}`
    button.setAttribute('aria-label', `Open the devtools: ${words.textContent}`)
  })
  return {
    remove() {
      stop()
      host.remove()
    }
  }
}

/** Counts the open calls of the newest run, and what it cost; O(1) an event. */
function watchNewest(source: DevtoolsSource, tell: (running: number, usd: number | undefined) => void): () => void {
  let name: string | undefined
  let unfollow: (() => void) | undefined
  tell(0, undefined)
  const unwatch = source.watch(ledgers => {
    const newest = ledgers.reduce<(typeof ledgers)[number] | undefined>(
      (best, info) => (best && best.updated >= info.updated ? best : info),
      undefined
    )
    if (!newest || newest.name === name) return
    name = newest.name
    unfollow?.()
    const open = new Set<string>()
    let usd: number | undefined
    let length = 0
    unfollow = source.follow(name, {
      events(start, events) {
        for (const event of events.slice(Math.max(0, length - start))) {
          length++
          if (event.type === 'llm.request') open.add(event.id)
          if (event.type !== 'llm.response' && event.type !== 'llm.failed') continue
          for (const cause of event.cause) open.delete(cause)
          const cost = (event.data as { cost_usd?: unknown }).cost_usd
          if (typeof cost === 'number') usd = (usd ?? 0) + cost
        }
        tell(open.size, usd)
      },
      signals() {}
    })
  })
  return () => {
    unwatch()
    unfollow?.()
  }
}
