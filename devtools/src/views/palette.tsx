/** Every action and every run by name. */
import { type KeyboardEvent, useId, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { breather } from '../model/awake.js'
import { fuzzyFit } from '../model/fuzzy.js'
import { grouped } from '../model/numbers.js'
import { usePanel } from '../state/context.js'
import type { Panel, RunEntry } from '../state/panel.js'
import { type Action, whyNot } from './actions.js'
import { Icon } from './glyph.js'
import { keyCaps, keyOf } from './keys.js'
import { Keys, Modal } from './modal.js'
import type { OverlayProps } from './overlays.js'

interface Item {
  readonly id: string
  readonly label: string
  readonly group: string
  readonly keys: readonly string[]
  readonly aside?: string
  readonly places: readonly number[]
  /** Undefined: it cannot be done now, and `aside` says why. */
  readonly run: (() => void) | undefined
  readonly score?: number
}

/** So many are listed; more letters find the others. */
const most = 60

export function Palette({ actions, onClose }: OverlayProps) {
  const panel = usePanel()
  const [typed, setTyped] = useState('')
  const [active, setActive] = useState(0)
  const id = useId()
  const list = useRef<HTMLDivElement>(null)
  // What there is to do is asked once: the list must not change under the cursor.
  const [all] = useState(() => named(actions(), panel))
  const [runs] = useState(() => panel.runs.filter(({ key }) => key !== panel.run?.key))
  const found = useFound(typed, runs, panel)
  const items = useMemo(
    () => [...special(typed, panel), ...sorted([...ranked(typed, all), ...found.items])].slice(0, most),
    [typed, all, found, panel]
  )
  const at = Math.min(active, items.length - 1)

  useLayoutEffect(() => {
    list.current?.querySelector(`[data-at="${at}"]`)?.scrollIntoView({ block: 'nearest' })
  }, [at])

  const onKeyDown = (event: KeyboardEvent, pick: (item: Item) => void, close: () => void): void => {
    const { key } = event
    const move = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: Math.min(at + 8, items.length - 1),
      PageUp: Math.max(0, at - 8)
    }[key]
    if (move !== undefined && items.length > 0) setActive((move + items.length) % items.length)
    else if (key === 'Enter' && items[at]) pick(items[at])
    else if (keyOf(event.nativeEvent) === 'mod+k') close()
    else return
    event.preventDefault()
  }
  return (
    <Modal label="Every action by name" className="palette" onClose={onClose}>
      {close => {
        const pick = ({ run }: Item): void => {
          if (!run) return
          close()
          run()
        }
        return (
          <>
            <div className="ask">
              <Icon name="search" size={13} />
              <input
                type="text"
                role="combobox"
                aria-label="Action, run or event"
                aria-expanded="true"
                aria-controls={id}
                aria-autocomplete="list"
                aria-activedescendant={items[at] ? `${id}-${at}` : undefined}
                placeholder="Type an action, a run, or #12 for an event"
                spellCheck={false}
                autoComplete="off"
                value={typed}
                onChange={event => {
                  setTyped(event.target.value)
                  setActive(0)
                }}
                onKeyDown={event => onKeyDown(event, pick, close)}
              />
              <kbd>Esc</kbd>
            </div>
            <div ref={list} id={id} role="listbox" aria-label="Actions" className="found">
              {items.map((item, place) => (
                <Line
                  key={item.id}
                  id={`${id}-${place}`}
                  place={place}
                  item={item}
                  heading={typed === '' && item.group !== items[place - 1]?.group}
                  active={place === at}
                  onPoint={() => setActive(place)}
                  onPick={() => pick(item)}
                />
              ))}
            </div>
            {runs.length > most && (
              <p className="meta more">
                {typed && found.seen === runs.length
                  ? `${grouped(found.fit)} of ${grouped(runs.length)} runs fit.`
                  : `Type a name: ${grouped(typed ? found.seen : runs.length)} runs are looked through.`}
              </p>
            )}
            {items.length === 0 && <p className="muted nothing">Nothing is called “{typed.slice(0, 60)}”.</p>}
          </>
        )
      }}
    </Modal>
  )
}

function Line(props: {
  readonly id: string
  readonly place: number
  readonly item: Item
  readonly heading: boolean
  readonly active: boolean
  readonly onPoint: () => void
  readonly onPick: () => void
}) {
  const { id, place, item, heading, active, onPoint, onPick } = props
  return (
    <>
      {heading && (
        <div role="presentation" className="heading">
          {item.group}
        </div>
      )}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the field above has the keys */}
      {/* biome-ignore lint/a11y/useFocusableInteractive: the field above has the focus and names its active line */}
      <div
        id={id}
        role="option"
        aria-selected={active}
        aria-disabled={!item.run}
        className="line"
        data-at={place}
        onPointerMove={active ? undefined : onPoint}
        onClick={onPick}
      >
        <span className="clip" title={item.label}>
          <Marked text={item.label} places={item.places} />
        </span>
        {item.aside && <span className="muted right">{item.aside}</span>}
        {item.keys[0] !== undefined && (
          <span className="right">
            <Keys caps={keyCaps(item.keys[0])} />
          </span>
        )}
      </div>
    </>
  )
}

/** The letters that were typed stand out. */
function Marked({ text, places }: { readonly text: string; readonly places: readonly number[] }) {
  if (places.length === 0) return text
  const marked = new Set(places)
  // biome-ignore lint/suspicious/noArrayIndexKey: letters have no other name than their place
  return Array.from(text, (letter, at) => (marked.has(at) ? <b key={at}>{letter}</b> : letter))
}

/** Each action once, though it may have two keys. */
function named(actions: readonly Action[], panel: Panel): Item[] {
  const labels = new Set<string>(['Every action by name'])
  return actions.flatMap(action => {
    const { id, label, group, keys, run, free } = action
    const aside = run ? undefined : whyNot(action, panel)
    if ((!run && aside === undefined) || labels.has(label) || free === 'rows') return []
    labels.add(label)
    return [{ id, label, group, keys, places: [], run, ...(aside === undefined ? {} : { aside }) }]
  })
}

/** A run whose title or whose ledger's name has the letters. */
function fitting(typed: string, entry: RunEntry, panel: Panel): Item | undefined {
  const { title, tag } = panel.cardOf(entry)
  const label = `Open run ${title}`
  const { key, info } = entry
  const found = fuzzyFit(typed, label)
  const byName = found ? undefined : fuzzyFit(typed, info.name)
  if (!found && !byName) return undefined
  return {
    id: `run ${key}`,
    label,
    group: 'Runs',
    keys: [],
    aside: byName ? info.name : `#${tag}`,
    places: found?.places ?? [],
    score: (found ?? byName)?.score ?? 0,
    run: () => panel.open(key)
  }
}

interface Found {
  readonly items: readonly Item[]
  /** How many runs have the letters, of those that are looked through. */
  readonly fit: number
  readonly seen: number
}

/** All runs, newest first: what a moment has room for is there at once, the others come in pieces. */
function useFound(typed: string, runs: readonly RunEntry[], panel: Panel): Found {
  const [found, setFound] = useState<Found>({ items: [], fit: 0, seen: 0 })
  useLayoutEffect(() => {
    let over = false
    const look = async (): Promise<void> => {
      const pause = breather()
      let items: Item[] = []
      let fit = 0
      for (let seen = 0; seen < runs.length; ) {
        const item = fitting(typed, runs[seen++] as RunEntry, panel)
        if (item) {
          fit++
          items.push(item)
          if (items.length > 8 * most) items = sorted(items).slice(0, most)
        }
        const waits = pause()
        if (!waits) continue
        setFound({ items, fit, seen })
        await waits
        if (over) return
      }
      setFound({ items, fit, seen: runs.length })
    }
    void look()
    return () => {
      over = true
    }
  }, [typed, runs, panel])
  return found
}

function sorted(items: readonly Item[]): Item[] {
  return items.toSorted((a, b) => (b.score ?? 0) - (a.score ?? 0))
}

/** What a number means, and what can be done with words that are no action. */
function special(typed: string, panel: Panel): Item[] {
  const { run } = panel
  const seq = Number(/^#?(\d{1,9})$/.exec(typed.trim())?.[1] ?? Number.NaN)
  if (!run || !(seq >= 1 && seq <= run.book.events.length)) return []
  const type = run.book.events[seq - 1]?.type
  return [
    {
      id: 'go',
      label: `Go to event #${seq}`,
      group: '',
      keys: [],
      ...(type ? { aside: type } : {}),
      places: [],
      run: () => panel.select(seq - 1)
    },
    { id: 'seek', label: `Move the playhead to #${seq}`, group: '', keys: [], places: [], run: () => panel.seek(seq) }
  ]
}

function ranked(typed: string, all: readonly Item[]): Item[] {
  // What cannot be done now is told to who asks for it by name.
  if (typed.trim() === '') return all.filter(({ run }) => run)
  return all.flatMap(item => {
    const found = fuzzyFit(typed, item.label)
    return found ? [{ ...item, ...found }] : []
  })
}
