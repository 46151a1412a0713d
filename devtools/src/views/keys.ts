/** The panel's keys. They act while the panel has the focus, never while somebody types, and leave alone what they do not know. */
import type { Action } from './actions.js'
import { takesText } from './typing.js'

/** So long after `g`, the letter of a view counts. */
const chordMs = 1500

/** They may still be on their way. */
export type Actions = () => readonly Action[] | Promise<readonly Action[]>
export type KeyHandler = (event: KeyboardEvent, actions: Actions) => void

export function createKeys(): KeyHandler {
  let chord = { key: '', at: 0 }
  return (event, actions) => {
    if (event.defaultPrevented || event.altKey || event.isComposing) return
    const target = event.composedPath?.()[0] ?? event.target
    const mod = event.ctrlKey || event.metaKey
    if (!mod && takesText(target)) return
    const key = keyOf(event)
    if (key === '' || (mod && key !== 'mod+k')) return
    const first = chord.key !== '' && event.timeStamp - chord.at < chordMs ? `${chord.key} ` : ''
    chord = { key: '', at: 0 }
    const place = placeOf(target)
    const can = ({ free }: Action): boolean =>
      free === undefined || place === 'rows' || (free === 'free' && place === 'free')
    const act = (list: readonly Action[]): void => {
      const action = list.find(({ keys }) => keys.includes(first + key)) ?? list.find(({ keys }) => keys.includes(key))
      if (action?.run && can(action)) {
        event.preventDefault()
        action.run()
      } else if (list.some(({ keys }) => keys.some(known => known.startsWith(`${key} `)))) {
        chord = { key, at: event.timeStamp }
      }
    }
    const list = actions()
    if ('then' in list) list.then(act, error => console.error('The keys of the devtools could not be loaded.', error))
    else act(list)
  }
}

/** As actions name it: capital letters with Shift only, whatever Caps Lock does. */
export function keyOf({
  key,
  shiftKey,
  ctrlKey,
  metaKey
}: Pick<KeyboardEvent, 'key' | 'shiftKey' | 'ctrlKey' | 'metaKey'>): string {
  const plain = key === ' ' ? 'space' : /^[a-z]$/i.test(key) ? (shiftKey ? key.toUpperCase() : key.toLowerCase()) : key
  return ctrlKey || metaKey ? `mod+${plain}` : plain
}

const busy =
  'button, input, summary, a[href], [role="tab"], [role="slider"], [role="separator"], [role="menuitem"], [role="treeitem"]'

/** What has the focus: the rows, something with a use of its own for arrows and the space bar, or nothing of the kind. */
function placeOf(target: EventTarget | null): 'rows' | 'busy' | 'free' {
  // Not by class: the elements of a window of its own have others.
  const { dataset, matches } = (target ?? {}) as Partial<HTMLElement>
  if (dataset?.keys === 'rows') return 'rows'
  return matches?.call(target, busy) ? 'busy' : 'free'
}

const names: Readonly<Record<string, string>> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  Escape: 'Esc',
  PageUp: 'PgUp',
  PageDown: 'PgDn'
}

/** A key as it is written on the keyboard; `g w` is two. */
export function keyCaps(key: string): readonly string[] {
  return key.split(' ').map(part => {
    if (part.startsWith('mod+')) {
      const letter = part.slice(4).toUpperCase()
      return /mac|iphone|ipad/i.test(navigator.platform) ? `⌘${letter}` : `Ctrl ${letter}`
    }
    return /^[A-Z]$/.test(part) ? `⇧${part}` : (names[part] ?? part)
  })
}
