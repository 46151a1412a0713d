/** Why was this a miss? The earlier request that is nearest to it, and what differs between the two. */
import { useEffect, useMemo, useState } from 'react'
import type { Book } from '../model/book.js'
import { nearestOf, question } from '../model/nearest.js'
import { record, string } from '../model/read.js'
import { titleOf } from '../model/run.js'
import { usePanel } from '../state/context.js'
import type { OpenRun, Panel, RunEntry } from '../state/panel.js'
import { peekRun } from '../state/peek.js'
import { FieldDiff, useDiffer } from './field-diff.js'
import { Glyph } from './glyph.js'
import { Ref } from './late-parts.js'
import type { Go } from './pretty-fields.js'

/** Of the open run so many requests before this one, and of so many other runs so many of their last ones are looked at. */
const maxOwn = 400
const maxRuns = 6
const maxOther = 100

interface Asked {
  /** The run that it is of; undefined for the open one. */
  readonly run?: RunEntry
  readonly row: number
  /** Milliseconds since 1970. */
  readonly at: number
  readonly data: Record<string, unknown>
  readonly outcome: 'kept' | 'failed' | 'open'
  /** When the answer was there. */
  readonly doneAt: number
  readonly key: string | undefined
}

function askedIn(book: Book, before: number, most: number, run?: RunEntry): Asked[] {
  const found: Asked[] = []
  for (let i = book.calls.all.length - 1; i >= 0 && found.length < most; i--) {
    const call = book.calls.all[i]
    if (call?.kind !== 'llm' || call.row >= before) continue
    const end = call.end < 0 ? undefined : book.events[call.end]
    found.push({
      ...(run ? { run } : {}),
      row: call.row,
      at: book.startedAt + (book.times[call.row] ?? 0),
      data: record(book.events[call.row]?.data),
      outcome: !end ? 'open' : end.type === 'llm.failed' ? 'failed' : 'kept',
      doneAt: book.startedAt + (book.times[call.end] ?? Number.POSITIVE_INFINITY),
      key: string(record(record(end?.data).cache).key)
    })
  }
  return found.reverse()
}

/** What other runs asked, read once for each length of theirs. */
const others = new WeakMap<Panel, Map<string, { readonly length: number; readonly asked: readonly Asked[] }>>()

function useOthers(run: OpenRun): readonly Asked[] {
  const panel = usePanel()
  const [found, setFound] = useState<readonly Asked[]>([])
  const runs = panel.runs.filter(({ key }) => key !== run.key).slice(0, maxRuns)
  const wanted = runs.map(({ key, info }) => `${key} ${info.length}`).join('\n')
  // biome-ignore lint/correctness/useExhaustiveDependencies: read again when a run comes or grows
  useEffect(() => {
    const known = others.get(panel) ?? new Map()
    others.set(panel, known)
    const tell = (): void => setFound(runs.flatMap(({ key }) => known.get(key)?.asked ?? []))
    tell()
    const stops = runs
      .filter(({ key, info }) => known.get(key)?.length !== info.length)
      .map(entry =>
        peekRun(entry.source.source, entry.info, book => {
          const asked = book ? askedIn(book, Number.POSITIVE_INFINITY, maxOther, entry) : []
          known.set(entry.key, { length: entry.info.length, asked })
          tell()
        })
      )
    return () => {
      for (const stop of stops) stop()
    }
  }, [wanted])
  return found
}

export function Miss({ run, row, onGo }: { readonly run: OpenRun; readonly row: number; readonly onGo: Go }) {
  const panel = usePanel()
  const differ = useDiffer()
  const book = run.shown
  const elsewhere = useOthers(run)
  const at = book.startedAt + (book.times[row] ?? 0)
  const asked = useMemo(() => question(book.events[row]?.data), [book, row])
  const key = string(record(record(book.events[book.calls.ofRow(row)?.end ?? -1]?.data).cache).key)

  // The open run's stand last: of two that are as near, one that is here says more.
  const nearest = useMemo(() => {
    const all = [...elsewhere.filter(other => other.at < at), ...askedIn(book, row, maxOwn)]
    return all[
      nearestOf(
        asked,
        all.map(({ data }) => question(data))
      )
    ]
  }, [book, row, asked, at, elsewhere])
  const fields = useMemo(
    () => (nearest && differ && differ !== 'failed' ? differ.fields(question(nearest.data), asked) : undefined),
    [nearest, differ, asked]
  )

  const open = (): void => {
    if (!nearest?.run) return
    panel.open(nearest.run.key)
    panel.select(nearest.row)
  }
  return (
    <section className="section" aria-label="Why was this a miss?">
      <h3 className="lead">
        <Glyph name="cache" />
        Why was this a miss?
        {key && (
          <span className="right" title={key.slice(0, 200)}>
            key {key.slice(0, 8)}
          </span>
        )}
      </h3>
      {!nearest && <p className="muted">Nothing was asked before it, so the cache knew no answer. It is kept now.</p>}
      {nearest && (
        <p className="muted">
          Nearest {nearest.key ? 'key' : 'request'} is{' '}
          {nearest.run ? (
            <button type="button" className="ref" title={nearest.key?.slice(0, 200)} onClick={open}>
              <b>
                #{nearest.row + 1} of {panel.cardOf(nearest.run).title || titleOf(nearest.run.info.name, undefined)}{' '}
                {panel.cardOf(nearest.run).tag}
              </b>
            </button>
          ) : (
            <Ref book={book} row={nearest.row} onGo={onGo} />
          )}
          . {fields && sentence(fields.length, asked, nearest, { at, key })}
        </p>
      )}
      {differ === 'failed' && <p className="muted">What compares requests could not be loaded.</p>}
      {fields && fields.length > 0 && differ && differ !== 'failed' && <FieldDiff fields={fields} differ={differ} />}
    </section>
  )
}

function sentence(
  differing: number,
  asked: unknown,
  nearest: Asked,
  { at, key }: { readonly at: number; readonly key: string | undefined }
): string {
  if (differing > 0) return `${differing} of ${leaves(asked)} fields ${differing === 1 ? 'differs' : 'differ'}:`
  if (nearest.doneAt > at && nearest.outcome === 'kept')
    return 'It asked the same, but its answer was still on its way.'
  if (nearest.outcome === 'failed') return 'It asked the same, but it failed, and failures are not kept.'
  if (nearest.outcome === 'open') return 'It asked the same, but it was never answered.'
  return key !== undefined && nearest.key === key
    ? 'It asked the same, under the same key: its answer is in another cache, or was removed since.'
    : 'It asked the same, but its answer was kept for another scope, sample or address.'
}

/** The values in it, counted to a bound. */
function leaves(value: unknown): number {
  const open: unknown[] = [value]
  let found = 0
  for (let steps = 0; open.length > 0 && steps < 20_000; steps++) {
    const item = open.pop()
    if (typeof item === 'object' && item !== null) for (const inner of Object.values(item)) open.push(inner)
    else found++
  }
  return found
}
