/** The top of the panel: which run, from where, and the filter. */
import type { ReactNode } from 'react'
import { familyOf, mainRuns } from '../model/branches.js'
import { usePanel } from '../state/context.js'
import type { Theme } from '../state/panel.js'
import { Glyph, Icon, type IconName, Mark } from './glyph.js'
import { keyCaps } from './keys.js'
import { copy, Menu, StatusDot, statusWord } from './parts.js'
import { RunMark } from './rail.js'
import { Search } from './search.js'

const themes: Readonly<Record<Theme, { icon: IconName; next: Theme; word: string }>> = {
  auto: { icon: 'auto', next: 'light', word: 'as the system' },
  light: { icon: 'sun', next: 'dark', word: 'light' },
  dark: { icon: 'moon', next: 'auto', word: 'dark' }
}

export interface HeaderProps {
  readonly onOpenFile: () => void
  readonly dock: boolean
  /** The page is the panel's own, so its header is the page's. */
  readonly wholePage: boolean
  /** Tabs and figures of the dock, which has one bar only. */
  readonly children?: ReactNode
  /** Buttons at the end: close, expand. */
  readonly end?: ReactNode
}

export function Header({ onOpenFile, dock, wholePage, children, end }: HeaderProps) {
  const Top = wholePage ? 'header' : 'div'
  const panel = usePanel()
  const { run } = panel
  const theme = themes[panel.theme]
  return (
    <Top className="header">
      <div className="brand">
        <Mark />
        {!dock && <span>Daybook</span>}
      </div>
      <RunPicker />
      <BranchPicker />
      {run ? (
        <div className="status">
          <StatusDot status={run.status} />
          {!dock && <span>{statusWord(run.status, run.source.source.kind === 'file')}</span>}
          {!dock && <span className="muted clip">{run.source.source.label}</span>}
        </div>
      ) : (
        <div className="status">
          <StatusDot status={panel.sources[0]?.status ?? { state: 'connecting' }} />
          {!dock && (
            <span>
              {panel.sources[0]?.status.state === 'live'
                ? 'listening'
                : statusWord(panel.sources[0]?.status ?? { state: 'connecting' }, false)}
            </span>
          )}
        </div>
      )}
      {children}
      <Search dock={dock} />
      <button
        type="button"
        className="command"
        title="Every action by name"
        aria-label={`Every action by name, ${keyCaps('mod+k').join('')}`}
        onClick={() => panel.setOverlay('palette')}
      >
        <kbd>{keyCaps('mod+k').join('')}</kbd>
      </button>
      <button
        type="button"
        className="icon"
        title={`Colours: ${theme.word}`}
        aria-label={`Colours: ${theme.word}. Change`}
        onClick={() => panel.setTheme(theme.next)}
      >
        <Icon name={theme.icon} size={14} />
      </button>
      <Menu label="More" className="icon" end button={<Icon name="dots" size={14} />}>
        {close => (
          <>
            <Choice
              icon="file"
              onPick={() => {
                close()
                onOpenFile()
              }}
            >
              Open a ledger…
            </Choice>
            {run && (
              <Choice
                icon="down"
                onPick={() => {
                  close()
                  panel.setOverlay('export')
                }}
              >
                Export the ledger…
              </Choice>
            )}
            {run && (
              <Choice
                icon="close"
                onPick={() => {
                  close()
                  panel.clear()
                }}
              >
                Hide the events so far
              </Choice>
            )}
            {run && (
              <Choice
                icon="play"
                onPick={() => {
                  close()
                  panel.setSheet('replay')
                }}
              >
                Verify and replay
              </Choice>
            )}
            {run && (
              <Choice
                icon="copy"
                onPick={() => {
                  close()
                  void copy(run.name)
                }}
              >
                Copy the run’s name
              </Choice>
            )}
            <Choice
              icon="command"
              onPick={() => {
                close()
                panel.setOverlay('help')
              }}
            >
              All keys
            </Choice>
          </>
        )}
      </Menu>
      {end}
    </Top>
  )
}

function Choice(props: { readonly icon: IconName; readonly onPick: () => void; readonly children: ReactNode }) {
  return (
    <button type="button" role="menuitem" onClick={props.onPick}>
      <Icon name={props.icon} />
      <span>{props.children}</span>
    </button>
  )
}

/** Beside the run, where it has branches. */
function BranchPicker() {
  const panel = usePanel()
  const family = familyOf(panel.runs, panel.run?.key)
  const open = family.find(({ entry }) => entry.key === panel.run?.key)
  if (!open || family.length < 2) return null
  return (
    <Menu
      label="Choose a branch"
      className="picker"
      named
      button={
        <>
          <Glyph name="branch" />
          <span className="clip">{open.label}</span>
          <Icon name="down" size={10} />
        </>
      }
    >
      {close =>
        family.slice(0, 100).map(({ entry, label, depth }) => (
          <button
            key={entry.key}
            type="button"
            role="menuitemradio"
            aria-checked={entry === open.entry}
            style={{ paddingLeft: 8 + Math.min(4, depth) * 14 }}
            onClick={() => {
              close()
              panel.open(entry.key)
            }}
          >
            <Glyph name="branch" tinted={depth > 0} />
            <span className="clip">{label}</span>
            <span className="muted right">{entry.info.length}</span>
          </button>
        ))
      }
    </Menu>
  )
}

function RunPicker() {
  const panel = usePanel()
  const { run } = panel
  const runs = mainRuns(panel.runs)
  const open = familyOf(panel.runs, run?.key)[0]?.entry
  const card = open && panel.cardOf(open)
  return (
    <Menu
      label="Choose a run"
      className="picker"
      named
      button={
        <>
          <span className="clip">{run ? (card?.title ?? run.name) : 'No run'}</span>
          {card && <span className="muted">#{card.tag}</span>}
          <Icon name="down" size={10} />
        </>
      }
    >
      {close =>
        runs.length === 0 ? (
          <p className="hint muted" style={{ padding: '5px 8px' }}>
            Runs appear here, newest first.
          </p>
        ) : (
          <>
            {runs.slice(0, 100).map(entry => {
              const item = panel.cardOf(entry)
              return (
                <button
                  key={entry.key}
                  type="button"
                  role="menuitemradio"
                  aria-checked={entry.key === open?.key}
                  onClick={() => {
                    close()
                    panel.open(entry.key)
                  }}
                >
                  <RunMark state={item.state} />
                  <span className="clip">{item.title}</span>
                  <span className="muted right">#{item.tag}</span>
                </button>
              )
            })}
            {runs.length > 100 && (
              <button
                type="button"
                role="menuitem"
                onClick={() => {
                  close()
                  panel.setOverlay('palette')
                }}
              >
                100 of {runs.length} are shown: find another…
              </button>
            )}
          </>
        )
      }
    </Menu>
  )
}
