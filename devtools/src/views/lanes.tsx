/** The lanes of one row. */
import type { Book } from '../model/book.js'
import type { Call } from '../model/calls.js'
import { laneCount } from '../model/lanes.js'

const x = (lane: number): number => 6 + 7.5 * lane

/** `hot` is the selected call; its lane stands out. */
export function LanesOf({
  book,
  row,
  hot
}: {
  readonly book: Book
  readonly row: number
  readonly hot: Call | undefined
}) {
  const { masks, nodes, marks, overs } = book.lanes
  const mask = masks[row] ?? 0
  const node = nodes[row] ?? -1
  const mark = marks[row] ?? 'none'
  const over = overs[row] ?? 0
  if (mask === 0 && over === 0) return null
  const hotLane = hot && hot.lane >= 0 && row >= hot.row && (hot.end < 0 || row <= hot.end) ? hot.lane : -1
  const look =
    book.events[row]?.type === 'llm.failed' ? ' error' : book.calls.ofRow(row)?.kind === 'tool' ? ' tool' : ''
  let path = ''
  let hotPath = ''
  for (let lane = 0; lane < laneCount; lane++) {
    if (!(mask & (1 << lane))) continue
    const from = lane === node && mark === 'open' ? 12 : 0
    const to = lane === node && mark === 'close' ? 12 : 24
    const line = `M${x(lane)} ${from}V${to}`
    if (lane === hotLane) hotPath = line
    else path += line
  }
  return (
    <svg className="lanes" width="52" height="24" viewBox="0 0 52 24" aria-hidden="true">
      {path !== '' && <path d={path} />}
      {hotPath !== '' && <path className={hot?.kind === 'tool' ? 'hot tool' : 'hot'} d={hotPath} />}
      {mark === 'open' && <circle className={`ring${look}`} cx={x(node)} cy="12" r="3.1" />}
      {mark === 'close' && <circle className={`end${look}`} cx={x(node)} cy="12" r="3.8" />}
      {mark === 'tick' && <circle className="end error" cx={x(node)} cy="12" r="2.4" />}
      {over > 0 && (
        <text x="52" y="15" textAnchor="end">
          +{over}
        </text>
      )}
    </svg>
  )
}

/** Lanes of an answer on its way: its own ends here, those of the rows above have ended, the others go on. */
export function LiveLanes(props: { readonly mask: number; readonly lane: number; readonly hot: number }) {
  const { mask, lane, hot } = props
  let path = ''
  for (let i = 0; i < laneCount; i++) if (mask & (1 << i) && i !== lane && i !== hot) path += `M${x(i)} 0V24`
  return (
    <svg className="lanes" width="52" height="24" viewBox="0 0 52 24" aria-hidden="true">
      {path !== '' && <path d={path} />}
      {hot >= 0 && hot !== lane && mask & (1 << hot) ? <path className="hot" d={`M${x(hot)} 0V24`} /> : null}
      {lane >= 0 && <path className="live-line" d={`M${x(lane)} 0V12`} />}
      {lane >= 0 && <circle className="end live" cx={x(lane)} cy="12" r="3.8" />}
    </svg>
  )
}
