/** What the run cost over time: how the sum grew, and below it what each part of the time cost, by model. */
import { useMemo, useRef } from 'react'
import { type Answer, bucketsOf, growthOf, type Stretch, ticksOf } from '../model/cost.js'
import { rulerLabel, rulerStep } from '../model/minimap.js'
import { duration, usd } from '../model/numbers.js'
import { useSize } from './use-size.js'

const right = 14
const lineHeight = 132
const barsHeight = 64
const gap = 22
const foot = 20
const height = lineHeight + gap + barsHeight + foot

export interface CostChartProps {
  /** All answers of the run; those after the playhead are to come. */
  readonly answers: readonly Answer[]
  /** What was spent and saved until the playhead, in US dollars. */
  readonly spentUsd: number
  readonly savedUsd: number
  readonly endMs: number
  /** Where the playhead stands; undefined at the end. */
  readonly playheadMs: number | undefined
  readonly range: Stretch | undefined
  readonly shadeOf: (model: string) => number
  readonly nameOf: (model: string) => string
  readonly estimated: boolean
  readonly onSeek: (ms: number) => void
}

export function CostChart(props: CostChartProps) {
  const { answers, spentUsd, savedUsd, endMs, playheadMs, range, shadeOf, nameOf, estimated, onSeek } = props
  const box = useRef<HTMLDivElement>(null)
  const { width } = useSize(box)
  const [spent, saved] = useMemo(
    () => [growthOf(answers, 'spent', endMs), growthOf(answers, 'saved', endMs)] as const,
    [answers, answers.length, endMs]
  )
  const ticks = ticksOf(Math.max(spent.at(-1)?.[1] ?? 0, saved.at(-1)?.[1] ?? 0))
  // The sums of a small run have many digits.
  const left = 14 + 7 * Math.max(6, ...ticks.map(tick => `$${tick}`.length))
  const inner = Math.max(1, width - left - right)
  const x = (ms: number): number => left + (endMs > 0 ? Math.min(1, ms / endMs) : 0) * inner
  const most = ticks.at(-1) || 1
  const y = (usd: number): number => lineHeight - (usd / most) * (lineHeight - 14)
  const nowMs = playheadMs ?? endMs

  const count = Math.max(8, Math.min(64, Math.floor(inner / 14)))
  const buckets = useMemo(() => bucketsOf(answers, endMs, count), [answers, answers.length, endMs, count])
  const highest = Math.max(0, ...buckets.map(bucket => [...bucket.values()].reduce((all, part) => all + part, 0)))
  const slot = inner / count
  const floor = lineHeight + gap + barsHeight
  const step = rulerStep(endMs / inner, 130)
  const marks = Array.from({ length: Math.floor((endMs * 0.97) / step) + 1 }, (_, at) => at * step)

  return (
    <div ref={box} className="cost-chart">
      {width > 0 && (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the playhead's slider has the keys for it
        <svg
          width={width}
          height={height}
          role="img"
          aria-label={`Spent over time: ${usd(spentUsd, estimated)} after ${duration(nowMs)}. The playhead moves through it.`}
          onClick={event => {
            const at = event.clientX - event.currentTarget.getBoundingClientRect().left
            onSeek(Math.max(0, Math.min(1, (at - left) / inner)) * endMs)
          }}
        >
          {range && (
            <rect
              className="range"
              x={x(range.from)}
              y={0}
              width={Math.max(1, x(range.to) - x(range.from))}
              height={floor}
            />
          )}
          {ticks.map(tick => (
            <g key={tick}>
              <line className="grid" x1={left} x2={width - right} y1={y(tick)} y2={y(tick)} />
              <text className="axis" x={left - 8} y={y(tick) + 4} textAnchor="end">
                {tick === 0 ? '$0' : `$${tick}`}
              </text>
            </g>
          ))}
          <path className="to-come" d={steps(spent, x, y, endMs)} />
          {savedUsd > 0 && <path className="saved" d={steps(saved, x, y, nowMs)} />}
          <path className="spent" d={steps(spent, x, y, nowMs)} />
          <circle className="end" cx={x(nowMs)} cy={y(spentUsd)} r="3.5" />
          <text
            className="value"
            x={x(nowMs) - 8}
            y={Math.max(11, y(spentUsd) - 8)}
            textAnchor={x(nowMs) < left + 90 ? 'start' : 'end'}
          >
            {usd(spentUsd, estimated)}
          </text>
          {buckets.map((bucket, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a part of the time is told by its place
            <g key={at}>
              <title>{titleOf(bucket, (at / count) * endMs, ((at + 1) / count) * endMs, nameOf)}</title>
              {stacked(bucket, shadeOf, highest, barsHeight).map(part => (
                <rect
                  key={part.shade}
                  className={(at / count) * endMs > nowMs ? 'later' : `shade-${part.shade}`}
                  x={left + at * slot + 1}
                  width={Math.max(1, slot - 2)}
                  y={floor - part.from - part.size}
                  height={part.size}
                />
              ))}
            </g>
          ))}
          <line className="grid" x1={left} x2={width - right} y1={floor + 0.5} y2={floor + 0.5} />
          {highest > 0 && (
            <text className="axis" x={left - 8} y={floor - barsHeight + 8} textAnchor="end">
              {usd(highest)}
            </text>
          )}
          {marks.map(ms => (
            <text key={ms} className="axis" x={x(ms)} y={floor + 15} textAnchor={ms === 0 ? 'start' : 'middle'}>
              {rulerLabel(ms, step)}
            </text>
          ))}
          {playheadMs !== undefined && (
            <path className="playhead" d={`M${x(playheadMs)} 0V${floor}M${x(playheadMs) - 4} 0h8l-4 5z`} />
          )}
        </svg>
      )}
    </div>
  )
}

/** A line that steps up where an answer came, and goes on to `endMs`. */
function steps(
  points: readonly (readonly [number, number])[],
  x: (ms: number) => number,
  y: (usd: number) => number,
  endMs: number
): string {
  let path = `M${x(0).toFixed(1)} ${y(0).toFixed(1)}`
  for (const [ms, usd] of points) if (ms <= endMs) path += `H${x(ms).toFixed(1)}V${y(usd).toFixed(1)}`
  return `${path}H${x(endMs).toFixed(1)}`
}

interface Part {
  readonly shade: number
  readonly from: number
  readonly size: number
}

/** The parts of one bar by shade: models that share a shade share a part. */
export function stacked(
  byModel: ReadonlyMap<string, number>,
  shadeOf: (model: string) => number,
  most: number,
  size: number
): readonly Part[] {
  const shades = [0, 0, 0]
  for (const [model, usd] of byModel) shades[shadeOf(model)] = (shades[shadeOf(model)] ?? 0) + Math.max(0, usd)
  let from = 0
  return shades.flatMap((usd, shade) => {
    if (usd === 0 || most === 0) return []
    const part = { shade, from, size: (usd / most) * size }
    from += part.size
    return [part]
  })
}

function titleOf(
  bucket: ReadonlyMap<string, number>,
  from: number,
  to: number,
  nameOf: (model: string) => string
): string {
  const parts = [...bucket].slice(0, 12).map(([model, spent]) => `${nameOf(model)} ${usd(spent)}`)
  return [`${duration(from)} to ${duration(to)}`, ...(parts.length > 0 ? parts : ['nothing was paid'])].join('\n')
}
