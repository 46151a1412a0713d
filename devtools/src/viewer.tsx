/** The page of one run that carries its ledger in itself: it opens from a disk, and loads and sends nothing. */
import { mount } from './mount.js'
import { documentSource } from './sources/from-document.js'
import { createPanel } from './state/panel.js'
import { Devtools } from './views/devtools.js'

const panel = createPanel()
mount(document.getElementById('root') as HTMLElement, { height: '100%' }).render(<Devtools panel={panel} wholePage />)
const carried = documentSource(document)
if (carried) panel.addSource(carried, { open: true })
else panel.tell('This page carries no ledger: open one, or drop it here.')
