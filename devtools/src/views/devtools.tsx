/** The panel: its parts, its keys, and what can be dropped on it. */
import { type CSSProperties, type KeyboardEvent as ReactKey, type ReactNode, useEffect, useRef, useState } from 'react'
import { usd } from '../model/numbers.js'
import { titleOf } from '../model/run.js'
import { spentSoFar } from '../model/totals.js'
import { PanelProvider, usePanel } from '../state/context.js'
import { loadFilter } from '../state/filtering.js'
import type { OpenRun, Panel } from '../state/panel.js'
import { actionsIn, loadActions } from './acting.js'
import type { Action } from './actions.js'
import { Icon } from './glyph.js'
import { Header } from './header.js'
import { createKeys } from './keys.js'
import { late } from './late.js'
import { Overlays } from './overlays.js'
import { Boundary, Tabs, Waiting } from './parts.js'
import { Playback } from './playback.js'
import { Rail } from './rail.js'
import { type ViewEntry, views } from './registry.js'
import { sheets } from './sheets.js'
import { TotalsBar } from './totals.js'
import type { TryItOffer } from './trying.js'
import { takesText } from './typing.js'

const Inspector = late(
  async () => (await import('./inspector.js')).Inspector,
  <aside className="inspector" aria-label="Run" />
)
const Empty = late(async () => (await import('./empty.js')).Empty, <Waiting>Looking for runs…</Waiting>)

// On its way before the first row is drawn, and never waited for by the rows.
for (const part of [Inspector.ready(), loadActions()]) part.catch(() => {})

/** When the panel stands still, what is likely to be asked for next comes. */
const idleMs = 1000

export interface DevtoolsProps {
  readonly panel: Panel
  readonly dock?: boolean
  /** The page is the panel's own: its keys work wherever the focus is. */
  readonly wholePage?: boolean
  readonly tryIt?: TryItOffer | undefined
  readonly end?: ReactNode
  readonly style?: CSSProperties
  /** In front of the panel: the grip of the dock. */
  readonly children?: ReactNode
}

export function Devtools(props: DevtoolsProps) {
  return (
    <PanelProvider value={props.panel}>
      <Boundary fallback={error => <Crash error={error} />}>
        <Shell {...props} />
      </Boundary>
    </PanelProvider>
  )
}

function Shell({ dock = false, wholePage = false, tryIt, end, style, children }: DevtoolsProps) {
  const panel = usePanel()
  const { run } = panel
  const root = useRef<HTMLDivElement>(null)
  const picker = useRef<HTMLInputElement>(null)
  const [dropping, setDropping] = useState(false)
  const onTry = tryIt ? () => panel.setSheet('try') : undefined
  const onOpenFile = (): void => picker.current?.click()

  const actions = (): readonly Action[] | Promise<readonly Action[]> =>
    root.current ? actionsIn({ panel, root: root.current, onOpenFile, onTry }) : []
  useEffect(() => {
    const next = [loadFilter, ...views.map(view => view.ready), tryIt?.Sheet.ready, loadPrices, wholePage && loadRest]
    const timer = setTimeout(async () => {
      // One after the other: what is asked for meanwhile does not stand in a queue behind them.
      for (const ready of next) if (ready) await ready().catch(() => undefined)
    }, idleMs)
    return () => clearTimeout(timer)
  }, [tryIt, wholePage])
  const [handleKey] = useState(createKeys)
  const keys = (event: KeyboardEvent | ReactKey): void => {
    // What opens above the panel has the keys from the moment it was asked for.
    if (panel.overlay === undefined) handleKey('nativeEvent' in event ? event.nativeEvent : event, actions)
  }
  const latest = useRef(keys)
  latest.current = keys
  // The page is the panel's own: keys count wherever the focus is. Those from inside do not come out of its root.
  useEffect(() => {
    if (!wholePage) return
    const listener = (event: KeyboardEvent): void => latest.current(event)
    const shownIn = root.current?.ownerDocument.defaultView
    shownIn?.addEventListener('keydown', listener)
    return () => shownIn?.removeEventListener('keydown', listener)
  }, [wholePage])

  const openFiles = async (files: Iterable<Blob & { name?: string }>): Promise<void> => {
    // Taken now: what was dropped is gone after the first wait.
    const chosen = [...files]
    try {
      const sources = await import('../sources/open-files.js')
      await sources.openFiles(panel, chosen, inWords)
    } catch (error) {
      panel.tell(`The file cannot be read. ${inWords(error)}`, true)
    }
  }

  const longest = run?.book.actorLength ?? 0
  const actor = Math.min(170, Math.max(dock ? 104 : 112, Math.round(longest * 6.9)))
  const view = views.find(({ name }) => name === panel.view) ?? (views[0] as ViewEntry)
  const Shown = view.component
  const Sheet = run && panel.sheet && panel.sheet !== 'try' ? sheets[panel.sheet] : undefined
  const trying = panel.sheet === 'try' ? tryIt : undefined
  // Another page has its own main part.
  const Main = wholePage ? 'main' : 'section'
  const bodyClass = [
    'body',
    run || trying ? '' : 'solo',
    panel.selected === undefined ? '' : 'picked',
    Sheet ? `with-${panel.sheet}` : view.wide ? 'wide' : ''
  ].join(' ')
  const bar = <Tabs label="Views" items={views} value={panel.view} onChange={panel.setView} />
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys and drops of the whole panel
    <div
      ref={root}
      {...(wholePage ? {} : { role: 'region', 'aria-label': 'Daybook devtools' })}
      className={`db${dock ? ' dock' : ''}${run || dock ? '' : ' bare'}`}
      data-theme={panel.theme}
      style={{ ...style, '--actor': `${actor}px` } as CSSProperties}
      onKeyDown={keys}
      onPaste={event => {
        const text = event.clipboardData.getData('text/plain')
        if (!takesText(event.target) && text.length > 2) void openFiles([new Blob([text])])
      }}
      onDragOver={event => {
        if (!event.dataTransfer.types.includes('Files')) return
        event.preventDefault()
        setDropping(true)
      }}
      onDragLeave={event => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setDropping(false)
      }}
      onDrop={event => {
        event.preventDefault()
        setDropping(false)
        void openFiles([...event.dataTransfer.files])
      }}
    >
      {children}
      <Header onOpenFile={onOpenFile} dock={dock} wholePage={wholePage} end={end}>
        {dock && run && (
          <>
            <span className="money-line">
              <span>{usd(spentSoFar(run.book.totals), run.book.totals.estimated)}</span>
              {run.book.totals.hits > 0 && (
                <span className="f-cache">{usd(run.book.totals.savedUsd, run.book.totals.estimated)} saved</span>
              )}
            </span>
            {bar}
          </>
        )}
      </Header>
      {!dock && (run ? <TotalsBar run={run} /> : <div />)}
      <div className={bodyClass}>
        {!dock && <Rail onTry={onTry} />}
        <Main className="main" aria-label="Run">
          {wholePage && run && <h1 className="unseen">{titleOf(run.name, run.book.run.goal)}</h1>}
          {!dock && bar}
          <Boundary resetKey={`${run?.key} ${panel.view}`} fallback={error => <Crash error={error} />}>
            {run ? (
              <Shown run={run} dock={dock} key={run.key} />
            ) : panel.waiting ? (
              <Waiting>Looking for runs…</Waiting>
            ) : (
              <Empty onTry={onTry} onOpenFile={onOpenFile} />
            )}
          </Boundary>
        </Main>
        {trying ? (
          <trying.Sheet tryIt={trying} onClose={() => panel.setSheet(undefined)} />
        ) : Sheet ? (
          <Boundary resetKey={`${run?.key} ${panel.sheet}`} fallback={error => <Crash error={error} />}>
            <Sheet run={run as OpenRun} dock={dock} key={run?.key} />
          </Boundary>
        ) : (
          run &&
          !view.wide && (
            <Boundary resetKey={panel.selected} fallback={error => <Crash error={error} />}>
              <Inspector run={run} dock={dock} />
            </Boundary>
          )
        )}
      </div>
      {run && <Playback run={run} dock={dock} />}
      <input
        ref={picker}
        type="file"
        hidden
        data-open-file=""
        aria-label="Ledger file"
        multiple
        accept=".jsonl,.json,.gz,.ndjson,application/x-ndjson"
        onChange={event => {
          void openFiles([...(event.target.files ?? [])])
          event.target.value = ''
        }}
      />
      {panel.notice && (
        <div className="toast" role={panel.notice.error ? 'alert' : 'status'}>
          <span className={panel.notice.error ? 'f-error' : undefined}>{panel.notice.text}</span>
          {panel.notice.undo && (
            <button
              type="button"
              className="button"
              onClick={() => {
                panel.notice?.undo?.()
                panel.tell(undefined)
              }}
            >
              Undo
            </button>
          )}
          <button type="button" className="icon" aria-label="Dismiss" onClick={() => panel.tell(undefined)}>
            <Icon name="close" />
          </button>
        </div>
      )}
      <Overlays
        actions={() => {
          const list = actions()
          return 'then' in list ? [] : list
        }}
      />
      {dropping && <div className="drop">Drop a ledger: .jsonl or .jsonl.gz</div>}
    </div>
  )
}

/** What an answer costs while it streams. */
const loadPrices = (): Promise<unknown> => import('../sources/price-list.js').then(({ tellCosts }) => tellCosts())

/** What a page that goes offline would miss. */
const loadRest = (): Promise<unknown> => import('./rest.js').then(({ loadAll }) => loadAll())

/** An error as a person can act on it: a part that does not come is no fault of the panel. */
function inWords(error: unknown): string {
  const { message = String(error), stack = message } = error instanceof Error ? error : {}
  return /dynamically imported|importing a module/i.test(message)
    ? 'A part of the panel could not be loaded: is what serves this page still there? Try it again when it is.'
    : stack
}

/** A part of the panel that failed. The page around it goes on. */
function Crash({ error }: { readonly error: unknown }) {
  return (
    <div className="crash" role="alert">
      <h3 className="strong">This part of the panel failed. Your program is not touched.</h3>
      <pre className="mono muted">{inWords(error)}</pre>
    </div>
  )
}
