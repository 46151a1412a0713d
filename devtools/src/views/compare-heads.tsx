/** The heads of the compared runs: which they are, what each cost and took, and what they are against the first. */
import type { Book } from '../model/book.js'
import { signed } from '../model/compare.js'
import { count, duration, grouped, usd } from '../model/numbers.js'
import { wholeMs } from '../model/playhead.js'
import { isAwaited, spentSoFar } from '../model/totals.js'
import type { Panel, RunEntry } from '../state/panel.js'
import type { Side } from './compare-sides.js'
import { Icon } from './glyph.js'

export interface HeadProps {
  readonly panel: Panel
  readonly keys: readonly string[]
  /** Puts a run into a place, or another behind the last; undefined takes the run at that place out. */
  readonly choose: (at: number, key: string | undefined) => void
}

export function Heads({ panel, keys, sides, choose }: HeadProps & { readonly sides: readonly Side[] }) {
  return (
    <div className="compare-head compare-grid">
      {keys.map((key, at) => (
        <Head key={key} panel={panel} keys={keys} at={at} side={sides[at]} choose={choose} />
      ))}
      <div className="compare-cell">
        <h2>{keys.length === 2 ? 'B against A' : 'Against A'}</h2>
        <Against sides={sides} />
      </div>
    </div>
  )
}

function Head({ panel, keys, at, side, choose }: HeadProps & { readonly at: number; readonly side: Side | undefined }) {
  const letter = 'ABCD'[at] ?? ''
  const { totals, events } = side?.shown ?? { totals: undefined, events: [] }
  const figures = totals
    ? [
        [
          usd(spentSoFar(totals), totals.estimated),
          totals.unpriced > 0 ? `spent, ${totals.unpriced} unpriced` : 'spent'
        ],
        [duration(side && wholeMs(side.shown)), 'took'],
        [count(totals.calls), totals.calls === 1 ? 'call' : 'calls'],
        [totals.measured && !isAwaited(totals) ? count(totals.outputTokens) : '–', 'out']
      ]
    : []
  return (
    <div className="compare-cell">
      <div className="compare-run">
        <span className={`letter letter-${letter.toLowerCase()}`}>{letter}</span>
        <RunSelect
          panel={panel}
          label={`Run ${letter}`}
          value={keys[at] ?? ''}
          taken={keys}
          onChange={key => choose(at, key)}
        />
        {side && side.shown !== side.book && <span className="chip">as of #{grouped(events.length)}</span>}
        {keys.length > 2 && (
          <button
            type="button"
            className="icon"
            aria-label={`Leave out ${letter}`}
            title={`Leave out ${letter}`}
            onClick={() => choose(at, undefined)}
          >
            <Icon name="close" />
          </button>
        )}
      </div>
      <div className="compare-stats">
        {figures.map(([value, label]) => (
          <span key={label}>
            <b>{value}</b>
            <span className="meta">{label}</span>
          </span>
        ))}
      </div>
    </div>
  )
}

/** What each run cost, took and wrote more or less than the first. */
function Against({ sides }: { readonly sides: readonly Side[] }) {
  const [a, ...others] = sides
  if (!a) return null
  const base = a.shown
  return others.map(({ letter, shown }) => {
    const [was, is] = [spentOf(base), spentOf(shown)]
    const cost = was === undefined || is === undefined ? undefined : is - was
    const share =
      cost === undefined || !was ? '' : `${Math.round(Math.abs((100 * cost) / was))} % ${cost < 0 ? 'less' : 'more'}`
    const estimated = base.totals.estimated || shown.totals.estimated
    const took = signed(wholeMs(shown) - wholeMs(base), duration)
    const out = signed(shown.totals.outputTokens - base.totals.outputTokens, count)
    return others.length === 1 ? (
      <div key={letter} className="against">
        <b>{signed(cost, value => usd(value, estimated))}</b>
        <span className="meta">
          {[share, took === '0' ? '' : took, out === '0' ? '' : `${out} tokens out`].filter(Boolean).join(', ') ||
            'the same'}
        </span>
      </div>
    ) : (
      <div key={letter} className="against line">
        <span className={`letter letter-${letter.toLowerCase()}`}>{letter}</span>
        <b title={cost === undefined ? 'A price is not known' : undefined}>
          {signed(cost, value => usd(value, estimated))}
        </b>
        <span className="meta clip">
          {[took === '0' ? '' : took, out === '0' ? '' : `${out} out`].filter(Boolean).join(', ') || 'as long as A'}
        </span>
      </div>
    )
  })
}

/** Undefined where some price is not known: a difference of such sums says nothing. */
function spentOf({ totals }: Book): number | undefined {
  if (totals.unpriced > 0) return undefined
  return totals.spentUsd ?? (totals.answered === 0 ? 0 : undefined)
}

interface RunSelectProps {
  readonly panel: Panel
  readonly label: string
  readonly value: string
  readonly taken: readonly string[]
  readonly onChange: (key: string) => void
}

const shownRuns = 200

function RunSelect({ panel, label, value, taken, onChange }: RunSelectProps) {
  const runs = panel.runs.slice(0, shownRuns)
  const own = panel.runs.find(({ key }) => key === value)
  const all = own && !runs.includes(own) ? [own, ...runs] : runs
  return (
    <select
      className="picker"
      aria-label={label}
      title={label}
      value={value}
      onChange={event => onChange(event.target.value)}
    >
      {all.map(entry => (
        <option key={entry.key} value={entry.key} disabled={entry.key !== value && taken.includes(entry.key)}>
          {nameOf(panel, entry)}
        </option>
      ))}
    </select>
  )
}

function nameOf(panel: Panel, entry: RunEntry): string {
  const { title, tag } = panel.cardOf(entry)
  const branch = entry.info.name.startsWith('branch:') ? 'branch ' : ''
  return `${branch}#${tag} ${title.slice(0, 80)}`
}

export function AddRun({ panel, keys, choose }: HeadProps) {
  const next = panel.runs.find(({ key, info }) => info.length > 0 && !keys.includes(key))
  const why = keys.length >= 4 ? 'Four runs at most stand side by side' : next ? 'Add a run' : 'There is no other run'
  return (
    <button
      type="button"
      className="button"
      disabled={keys.length >= 4 || !next}
      title={why}
      onClick={() => next && choose(keys.length, next.key)}
    >
      <Icon name="plus" />
      Add run
    </button>
  )
}
