/** The panel for any page. Brings its own React; the page's framework does not matter. */
import { mount } from './mount.js'
import { sourceOf } from './sources/source-of.js'
import { createPanel } from './state/panel.js'
import type { DevtoolsOptions, MountedDevtools, SourceInput } from './types.js'
import { Devtools } from './views/devtools.js'
import { Dock } from './views/dock.js'

export type {
  DevtoolsOptions,
  DevtoolsSource,
  LedgerFollower,
  MountedDevtools,
  SourceInput,
  SourceStatus
} from './types.js'

/**
 * Shows the ledgers of a Daybook, one Ledger, or a source of your own.
 * @throws TypeError for a source that is none of the three.
 */
export function mountDevtools(
  target: Element | ShadowRoot,
  source: SourceInput,
  options: DevtoolsOptions = {}
): MountedDevtools {
  const { theme = 'auto', mode = 'inline', height, open = true, run } = options
  const shown = sourceOf(source)
  const panel = createPanel({ theme })
  if (run !== undefined) panel.want(run)
  const mounted = mount(target, mode === 'inline' ? { height: `${height ?? 480}px` } : { height: '0' })
  mounted.render(
    mode === 'inline' ? <Devtools panel={panel} /> : <Dock panel={panel} height={height ?? 320} open={open} />
  )
  panel.addSource(shown)
  return {
    unmount() {
      panel.close()
      mounted.unmount()
    }
  }
}
