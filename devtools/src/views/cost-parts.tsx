/** Parts of the cost view that stand for one run and for several: the great figures, the legend, the largest calls. */
import type { CostGroup } from '../model/cost.js'
import { count, grouped, unknown, usd } from '../model/numbers.js'
import type { LargeCall } from '../model/run-cost.js'
import { money } from './cost-table.js'

export interface StatsProps {
  readonly total: CostGroup
  /** Calls are open and none is answered: nobody knows yet. */
  readonly awaited?: boolean
  /** Of so many runs; left out: of one. */
  readonly runs?: number
}

export function Stats({ total, awaited = false, runs }: StatsProps) {
  const { spentUsd, savedUsd, estimated, unpriced, hits, answered } = total
  const without = (spentUsd ?? 0) + (savedUsd ?? 0)
  const of = runs === undefined ? '' : ` in ${runs === 1 ? 'one run' : `${runs} runs`}`
  return (
    <div className="stats">
      <Stat
        value={usd(answered === 0 && !awaited ? 0 : spentUsd, estimated)}
        label={unpriced > 0 ? `spent${of}, ${unpriced} unpriced` : `spent${of}`}
        title={spentUsd === null ? 'No price is known' : `$${spentUsd}`}
      />
      <Stat look="saved" value={usd(savedUsd ?? (hits > 0 ? null : 0), estimated)} label="saved by the cache" />
      <Stat
        value={`${grouped(hits)} of ${grouped(answered)}`}
        label={answered === 1 ? 'call answered from cache' : 'calls answered from cache'}
      />
      <Stat
        value={without > 0 && unpriced === 0 ? `${Math.round((100 * (savedUsd ?? 0)) / without)} %` : unknown}
        label="less than without the cache"
      />
    </div>
  )
}

function Stat(props: {
  readonly value: string
  readonly label: string
  readonly look?: string
  readonly title?: string
}) {
  return (
    <div className={`stat ${props.look ?? ''}`} title={props.title}>
      <b>{props.value}</b>
      <span className="clip">{props.label}</span>
    </div>
  )
}

export function Legend({ names, hits }: { readonly names: readonly string[]; readonly hits: boolean }) {
  const rest = names.slice(2)
  const shown = [...names.slice(0, 2), ...(rest.length > 1 ? [`${rest.length} others`] : rest)]
  return (
    <span className="legend">
      {shown.map((name, at) => (
        <span key={name} title={at === 2 ? rest.slice(0, 40).join('\n') : name}>
          <i className={`shade-${at}`} />
          <span className="clip">{name}</span>
        </span>
      ))}
      {hits && (
        <span>
          <i className="hatch" />
          saved by cache
        </span>
      )}
    </span>
  )
}

/** A call with the run that it stands in, where several are shown. */
export interface Listed extends LargeCall {
  readonly key: string
  readonly run?: string
}

export function LargeCalls(props: {
  readonly calls: readonly Listed[]
  /** How many answers there are in all. */
  readonly of: number
  readonly nameOf: (model: string) => string
  readonly onGo: (call: Listed) => void
}) {
  const { calls, of, nameOf, onGo } = props
  if (calls.length === 0) return null
  return (
    <section className="cost-part">
      <h2>
        Largest calls
        <span className="meta right">
          {calls.length} of {grouped(of)}
        </span>
      </h2>
      {calls.map(call => (
        <button key={`${call.key} ${call.row}`} type="button" className="large-call" onClick={() => onGo(call)}>
          <span className="mono muted clip">#{call.row + 1}</span>
          <span className="clip" title={call.text}>
            {call.run !== undefined && <span className="mono muted">{`run ${call.run}  `}</span>}
            {call.text}
          </span>
          <span className="clip muted">{nameOf(call.model)}</span>
          <span className="n">
            {count(call.input)} → {count(call.output)}
          </span>
          <span className="n">{money(call.spent, call.estimated)}</span>
        </button>
      ))}
    </section>
  )
}
