/** The panel's keys. They never act while somebody types, and never with Ctrl, Alt or Meta. */
import type { Panel } from '../state/panel.js'
import { indexOf } from './ledger.js'

export interface KeyActions {
  readonly onOpenFile: () => void
  readonly onTry: (() => void) | undefined
}

export function handleKey(event: KeyboardEvent, panel: Panel, root: HTMLElement, actions: KeyActions): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
  const target = event.composedPath?.()[0] ?? (event.target as EventTarget | null)
  const typing =
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement ||
    (target instanceof HTMLInputElement && target.type !== 'radio' && target.type !== 'checkbox')
  if (typing) return
  const inRows = target instanceof HTMLElement && target.dataset.keys === 'rows'
  const free = inRows || !(target instanceof HTMLElement) || target.tagName !== 'BUTTON'
  const act = actionOf(event.key, panel, root, actions, inRows, free)
  if (!act) return
  event.preventDefault()
  act()
}

function actionOf(
  key: string,
  panel: Panel,
  root: HTMLElement,
  actions: KeyActions,
  inRows: boolean,
  free: boolean
): (() => void) | undefined {
  const { run, selected } = panel
  const visible = run?.visible
  const total = run ? (visible ? visible.length : run.book.events.length) : 0
  const at = selected === undefined ? -1 : visible ? indexOf(visible, selected) : selected
  const to = (place: number) => (): void => {
    if (total === 0) return
    const next = Math.max(0, Math.min(total - 1, place))
    panel.select(visible ? visible[next] : next)
  }
  switch (key) {
    case '/':
      return () => root.querySelector<HTMLInputElement>('[data-keys="filter"]')?.focus()
    case 'o':
      return actions.onOpenFile
    case 't':
      return () => panel.setTheme(panel.theme === 'dark' ? 'light' : 'dark')
    case '1':
      return () => panel.setView('ledger')
    case '2':
      return () => panel.setView('dialog')
    case 'j':
      return to(at + 1)
    case 'k':
      return to(at < 0 ? total - 1 : at - 1)
    case 'ArrowDown':
      return free ? to(at + 1) : undefined
    case 'ArrowUp':
      return free ? to(at < 0 ? total - 1 : at - 1) : undefined
    case 'Home':
      return inRows ? to(0) : undefined
    case 'End':
      return inRows ? to(total - 1) : undefined
    case 'PageDown':
      return inRows ? to(at + 20) : undefined
    case 'PageUp':
      return inRows ? to(at - 20) : undefined
    case 'Escape':
      return selected === undefined ? undefined : () => panel.select(undefined)
    case '[':
    case ']': {
      if (!run || selected === undefined) return undefined
      const { causes, events } = run.book
      const next = key === ']' ? causes.effectsOf(selected)[0] : firstKnown(events[selected]?.cause ?? [], causes.rowOf)
      return next === undefined ? undefined : () => panel.select(next)
    }
    default:
      return undefined
  }
}

function firstKnown(ids: readonly string[], rowOf: (id: string) => number | undefined): number | undefined {
  for (const id of ids) {
    const row = rowOf(id)
    if (row !== undefined) return row
  }
  return undefined
}
