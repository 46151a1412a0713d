/** Everything that is loaded on demand and is not a view: fetched when the page is idle, so that it is there without a network. */
import { loadActions } from './acting.js'
import { overlays } from './overlays.js'
import { sheets } from './sheets.js'

export async function loadAll(): Promise<void> {
  const parts = [
    loadActions,
    ...[...Object.values(overlays), ...Object.values(sheets)].map(part => ('ready' in part ? part.ready : undefined)),
    () => import('../sdk.js'),
    () => import('../sources/open-files.js'),
    () => import('./inspector-tabs.js'),
    () => import('./grouped-rows.js'),
    () => import('./miss.js'),
    () => import('../sources/replay-strictly.js'),
    async () => Promise.all(['research', 'diligence'].map((await import('../sources/kits.js')).kitNamed)),
    () => import('../sources/verify-text.js')
  ]
  // One after the other: what is asked for meanwhile does not stand in a queue behind them.
  for (const load of parts) await (load as (() => Promise<unknown>) | undefined)?.().catch(() => undefined)
}
