/** The left side: runs, sources, and the families, which are legend and filter in one. */
import { familyOf, mainRuns } from '../model/branches.js'
import type { Glyph as GlyphName } from '../model/family.js'
import { count, duration, grouped, usd } from '../model/numbers.js'
import type { RunState } from '../model/run.js'
import { toggled } from '../model/toggled.js'
import { usePanel } from '../state/context.js'
import type { RunEntry, SourceEntry } from '../state/panel.js'
import { Glyph, Icon } from './glyph.js'
import { StatusDot } from './parts.js'

const shownRuns = 200
const shownBranches = 60

export function Rail({ onTry }: { readonly onTry: (() => void) | undefined }) {
  const panel = usePanel()
  const runs = mainRuns(panel.runs)
  const family = familyOf(panel.runs, panel.run?.key)
  return (
    <nav className="rail" aria-label="Runs and sources">
      <h2>
        Runs
        {onTry && (
          <button
            type="button"
            className="icon right"
            style={{ marginRight: -6 }}
            aria-label="New run"
            title="New run"
            onClick={onTry}
          >
            <Icon name="plus" />
          </button>
        )}
      </h2>
      {runs.length === 0 ? (
        <p className="hint">Runs appear here, newest first.</p>
      ) : (
        <div className="runs">
          {runs.slice(0, shownRuns).map(entry => (
            <Run key={entry.key} entry={entry} current={entry.key === family[0]?.entry.key} />
          ))}
          {runs.length > shownRuns && (
            <button type="button" className="item meta" onClick={() => panel.setOverlay('palette')}>
              {shownRuns} of {runs.length} are shown: find another…
            </button>
          )}
        </div>
      )}
      {family.length > 1 && (
        <section className="branches">
          <h2>Branches</h2>
          {family.slice(0, shownBranches).map(({ entry, label, depth }) => {
            const { forkedAt } = panel.cardOf(entry)
            return (
              <button
                key={entry.key}
                type="button"
                className="item"
                aria-current={entry.key === panel.run?.key}
                title={entry.info.name}
                style={{ paddingLeft: 12 + Math.min(4, depth) * 16 }}
                onClick={() => panel.open(entry.key)}
              >
                <Glyph name="branch" tinted={depth > 0} />
                <span className="clip">
                  {label}
                  {depth > 0 && forkedAt !== undefined && <span className="muted"> at #{forkedAt + 1}</span>}
                </span>
                <span className="right muted mono">{grouped(entry.info.length)}</span>
              </button>
            )
          })}
          {family.length > shownBranches && (
            <p className="hint meta">
              {shownBranches} of {family.length} are shown.
            </p>
          )}
        </section>
      )}
      <section>
        <h2>Sources</h2>
        {panel.sources.map(entry => (
          <Source key={entry.id} entry={entry} />
        ))}
      </section>
      <Families />
    </nav>
  )
}

function Run({ entry, current }: { readonly entry: RunEntry; readonly current: boolean }) {
  const panel = usePanel()
  const card = panel.cardOf(entry)
  return (
    <button
      type="button"
      className="run"
      aria-current={current}
      title={`${card.title}\n${entry.info.name}`}
      onClick={() => panel.open(entry.key)}
    >
      <RunMark state={card.state} />
      <span className="title clip">{card.title}</span>
      <span className="meta">#{card.tag}</span>
      <span className="line2">
        <span className="clip">
          {card.state === 'failed' && card.failedAt >= 0
            ? `failed at #${card.failedAt + 1}`
            : `${duration(card.durationMs)} · ${grouped(card.events)} events`}
        </span>
        <span className="right">{usd(card.costUsd, card.estimated).replace(/^≈\s/, '≈')}</span>
      </span>
    </button>
  )
}

const stateWords: Readonly<Record<RunState, string>> = {
  running: 'running',
  done: 'finished',
  failed: 'failed',
  open: 'unanswered'
}

export function RunMark({ state }: { readonly state: RunState }) {
  return (
    <span className="mark" role="img" aria-label={stateWords[state]}>
      {state === 'running' && <span className="dot" />}
      {state === 'done' && <Icon name="check" />}
      {state === 'failed' && <Glyph name="error" />}
      {state === 'open' && <Glyph name="other" />}
    </span>
  )
}

const sourceIcons = { page: 'page', node: 'node', file: 'file' } as const

function Source({ entry }: { readonly entry: SourceEntry }) {
  const { status, source } = entry
  return (
    <div className="item" title={status.message}>
      <Icon name={sourceIcons[source.kind]} />
      <span className="clip">{source.label}</span>
      <span className="right">
        {source.unverified ? (
          <span className="unverified f-error">unverified</span>
        ) : status.state === 'closed' ? (
          <span className="meta">{source.kind === 'file' ? 'read only' : 'closed'}</span>
        ) : (
          <StatusDot status={status} />
        )}
      </span>
    </div>
  )
}

/** What a click on a family filters by. Streams are no events, so they cannot be filtered. */
const families: readonly { name: GlyphName; label: string; term: string | undefined }[] = [
  { name: 'request', label: 'request', term: 'family:request' },
  { name: 'response', label: 'response', term: 'family:response' },
  { name: 'tool', label: 'tool', term: 'family:tool' },
  { name: 'cache', label: 'cache', term: 'cache:hit,joined' },
  { name: 'world', label: 'world', term: 'family:world' },
  { name: 'branch', label: 'branch', term: 'family:branch' },
  { name: 'stream', label: 'stream', term: undefined },
  { name: 'error', label: 'error', term: 'has:error' }
]

function Families() {
  const panel = usePanel()
  const book = panel.run?.shown
  const active = panel.filter.split(/\s+/)
  return (
    <section className="families">
      <h2>Families {book && <span className="right">click to filter</span>}</h2>
      {families.map(({ name, label, term }) => (
        <button
          key={name}
          type="button"
          className="family"
          disabled={!book || term === undefined}
          aria-pressed={term !== undefined && active.includes(term)}
          onClick={() => term !== undefined && panel.setFilter(toggled(panel.filter, term))}
        >
          <Glyph name={name} />
          <span>{label}</span>
          <span className="n">
            {book
              ? count(name === 'stream' ? book.streams.live.size : book.counts[name as keyof typeof book.counts])
              : '–'}
          </span>
        </button>
      ))}
    </section>
  )
}
