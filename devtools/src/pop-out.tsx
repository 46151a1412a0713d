/** The panel in a window of its own, beside the page that it looks into. */
import { mount } from './mount.js'
import type { Panel } from './state/panel.js'
import { Devtools } from './views/devtools.js'

export interface PopOut {
  readonly window: Window
  close(): void
}

/** Undefined where the browser does not open the window. `onBack` is called once, when the person has closed it. */
export function popOut(page: Window, panel: Panel, onBack: () => void): PopOut | undefined {
  const opened = page.open('', '', 'popup,width=1200,height=800')
  if (!opened) return undefined
  const { document } = opened as Window & typeof globalThis
  document.title = 'Daybook'
  document.documentElement.lang = 'en'
  // The window is a document of its own: sheets of the page are none of its.
  const sheet = new (opened as Window & typeof globalThis).CSSStyleSheet()
  sheet.replaceSync('html,body{height:100%;margin:0;overflow:hidden;color-scheme:light dark}')
  document.adoptedStyleSheets = [sheet]
  const mounted = mount(document.body, { height: '100%' })
  mounted.render(<Devtools panel={panel} wholePage />)

  let over = false
  const end = (): void => {
    over = true
    page.removeEventListener('pagehide', close)
    mounted.unmount()
  }
  // Who closes the page closes what looks into it.
  const close = (): void => {
    if (over) return
    end()
    opened.close()
  }
  page.addEventListener('pagehide', close)
  opened.addEventListener('pagehide', () => {
    if (over) return
    end()
    onBack()
  })
  opened.focus()
  return { window: opened, close }
}
