/** The page of one run that carries its ledger in itself: it opens from a disk, and loads and sends nothing. */
import { mount } from './mount.js'
import { documentSource } from './sources/from-document.js'
import { readAddress } from './state/address.js'
import { keepAddress } from './state/history.js'
import { createPanel } from './state/panel.js'
import { Devtools } from './views/devtools.js'

const { run, seq, playhead, view, filter, tab } = readAddress(location.hash)
const panel = createPanel({ ...(view ? { view } : {}), ...(filter ? { filter } : {}) })
if (tab) panel.setTab(tab)
if (run) panel.want(run, { ...(seq ? { seq } : {}), ...(playhead ? { playhead } : {}) })
mount(document.getElementById('root') as HTMLElement, { height: '100%' }).render(<Devtools panel={panel} wholePage />)
const carried = documentSource(document)
if (carried) panel.addSource(carried, { open: true })
else panel.tell('This page carries no ledger: open one, or drop it here.')
keepAddress(panel, window, run)
