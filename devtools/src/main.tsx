/** The page of its own: the ledgers of the process that serves it, or of this browser. */
import { mount } from './mount.js'
import { documentSource } from './sources/from-document.js'
import { serverSource } from './sources/from-server.js'
import { lazySource } from './sources/lazy.js'
import replayUrl from './sources/replay.worker.ts?worker&url'
import { replayWorker, workerAt } from './sources/replay-worker.js'
import { workshop } from './sources/workshop.js'
import { readAddress, writeAddress } from './state/address.js'
import { keepAddress } from './state/history.js'
import { createPanel } from './state/panel.js'
import { Devtools } from './views/devtools.js'
import { withForking } from './views/forking.js'
import { tryItOffer } from './views/trying.js'

const tokenKey = 'daybook.token'
const themeKey = 'daybook.theme'

/** Storage may be forbidden; then a reload asks for the printed address again. */
function remembered(storage: () => Storage, key: string): string | undefined {
  try {
    return storage().getItem(key) ?? undefined
  } catch {
    return undefined
  }
}
function remember(storage: () => Storage, key: string, value: string): void {
  try {
    storage().setItem(key, value)
  } catch {
    // nothing is lost but a convenience
  }
}
const session = (): Storage => window.sessionStorage
/** Only the choice of colours is kept for longer. */
const local = (): Storage => window.localStorage

const address = readAddress(location.hash)
if (address.token) remember(session, tokenKey, address.token)
const token = address.token ?? remembered(session, tokenKey)
const theme = remembered(local, themeKey)

withForking()
workshop.load = () => import('./sources/here.js')
replayWorker.make = () => workerAt(replayUrl)

const panel = createPanel({
  theme: theme === 'light' || theme === 'dark' ? theme : 'auto',
  ...(address.view ? { view: address.view } : {}),
  ...(address.filter ? { filter: address.filter } : {})
})
if (address.tab) panel.setTab(address.tab)

const inPage = async (): Promise<typeof import('./in-page.js')> => import('./in-page.js')
/** Pages of this origin that share what they have: see `daybook-devtools/tabs`. */
const tabs = lazySource(
  { label: 'other tabs', kind: 'page', noVerify: 'Open the panel in the tab itself to verify its runs.' },
  async () => (await import('./sources/from-channel.js')).channelSource()
)
const browser = lazySource({ label: 'this browser', kind: 'page', asksWho: true }, async () => (await inPage()).source)
let browserShown = false
const showBrowser = (): void => {
  if (browserShown) return
  browserShown = true
  panel.addSource(browser)
  panel.addSource(tabs)
}

const tryIt = tryItOffer(async options => {
  const { startRun } = await inPage()
  const name = await startRun(options, message => panel.tell(message, true))
  showBrowser()
  panel.want(name)
})

if (address.run) panel.want(address.run, address)
const root = document.getElementById('root') as HTMLElement
// A page that carries its ledger is a document: it loads nothing, runs nothing and listens to nobody.
const carried = documentSource(document)
mount(root, { height: '100%' }).render(<Devtools panel={panel} wholePage tryIt={carried ? undefined : tryIt} />)

if (carried) panel.addSource(carried, { open: true })
else if (token) panel.addSource(serverSource({ base: new URL('./', location.href).href.replace(/#.*$/, ''), token }))
else showBrowser()

// The token is not part of what the address keeps.
if (address.token) history.replaceState(null, '', writeAddress(address) || location.pathname + location.search)
keepAddress(panel, window, address.run)
let shownTheme = panel.theme
panel.subscribe(() => {
  if (panel.theme !== shownTheme) {
    shownTheme = panel.theme
    remember(local, themeKey, shownTheme)
  }
})
