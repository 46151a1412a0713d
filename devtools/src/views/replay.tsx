/** The replay sheet: whether a ledger is as it was written, whether its run would happen again, and how it went. */
import type { Divergence, Verification } from 'daybook'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { type Book, malformed } from '../model/book.js'
import { divergenceWords } from '../model/divergence.js'
import { masked } from '../model/mask.js'
import { duration, grouped } from '../model/numbers.js'
import { wholeMs } from '../model/playhead.js'
import { isOwnKit } from '../sources/kits.js'
import type { StrictOutcome } from '../sources/replay-strictly.js'
import { usePanel } from '../state/context.js'
import type { OpenRun } from '../state/panel.js'
import css from '../styles/replay.css?inline'
import { useSheet } from './adopt.js'
import { Glyph, Icon } from './glyph.js'
import { CopyButton } from './late-parts.js'
import type { ViewProps } from './registry.js'

export function Replay({ run }: ViewProps) {
  useSheet(css)
  const panel = usePanel()
  return (
    <aside className="inspector sheet replay" aria-label="Verify and replay">
      <div className="head">
        <div className="name">
          <h2>Verify and replay</h2>
          <button type="button" className="icon right" aria-label="Close" onClick={() => panel.setSheet(undefined)}>
            <Icon name="close" />
          </button>
        </div>
        <p className="muted">Nothing here asks a model: all three work without a key and without a network.</p>
      </div>
      <div className="scroll">
        <Verify run={run} />
        <Strict run={run} />
        <Play run={run} />
      </div>
    </aside>
  )
}

type Step<T> =
  | { readonly state: 'idle' }
  | { readonly state: 'busy' }
  | { readonly state: 'done'; readonly value: T; readonly ms: number }
  | { readonly state: 'failed'; readonly message: string }

/** A task of the sheet: one at a time, stopped when the sheet is closed. */
function useTask<T>(): [Step<T>, (work: (signal: AbortSignal) => Promise<T>) => void, () => void] {
  const [step, setStep] = useState<Step<T>>({ state: 'idle' })
  const controller = useRef<AbortController | undefined>(undefined)
  useEffect(() => () => controller.current?.abort(), [])
  const begin = (work: (signal: AbortSignal) => Promise<T>): void => {
    const own = new AbortController()
    controller.current?.abort()
    controller.current = own
    const began = performance.now()
    setStep({ state: 'busy' })
    work(own.signal).then(
      value => {
        if (!own.signal.aborted) setStep({ state: 'done', value, ms: performance.now() - began })
      },
      (error: unknown) => {
        if (controller.current === own) setStep({ state: 'failed', message: messageOf(error) })
      }
    )
  }
  return [step, begin, () => controller.current?.abort(new Error('Stopped.'))]
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function Verify({ run }: { readonly run: OpenRun }) {
  const { source } = run.source
  const [step, begin] = useTask<Verification>()
  const why = source.noVerify ?? (source.verify ? undefined : 'This source does not say how its ledgers are kept.')
  return (
    <section className="section" aria-label="Verify">
      <h3 className="lead">Verify</h3>
      <p className="muted">
        Each line by its checksum and each batch by its hash: was anything changed after it was written?
      </p>
      <div className="do">
        <button
          type="button"
          className="button"
          disabled={why !== undefined || step.state === 'busy'}
          title={why}
          onClick={() => begin(() => source.verify?.(run.name) ?? Promise.reject(new Error(why)))}
        >
          {step.state === 'busy' ? 'Verifying…' : 'Verify'}
        </button>
        {why !== undefined && <p className="muted">{why}</p>}
      </div>
      <div role="status">
        {step.state === 'failed' && <Verdict bad>{step.message}</Verdict>}
        {step.state === 'done' && (step.value.ok ? <Whole value={step.value} /> : <Broken value={step.value} />)}
      </div>
    </section>
  )
}

function Verdict({ bad = false, children }: { readonly bad?: boolean; readonly children: ReactNode }) {
  return (
    <p className={bad ? 'verdict f-error' : 'verdict'}>
      {bad ? <Glyph name="error" /> : <Icon name="check" />}
      <span>{children}</span>
    </p>
  )
}

function Whole({ value }: { readonly value: Verification }) {
  return (
    <>
      <Verdict>All {grouped(value.events)} events are as they were written.</Verdict>
      <p className="hash">
        <span className="muted">ends with</span>
        <span className="mono clip" title={value.head}>
          {value.head}
        </span>
        <CopyButton label="Copy the hash" text={() => value.head} />
      </p>
    </>
  )
}

function Broken({ value }: { readonly value: Verification }) {
  const { ledger, line, batch, reason, events } = value
  return (
    <>
      <Verdict bad>Not verified: it is not as it was written.</Verdict>
      <dl className="facts">
        {ledger !== undefined && (
          <>
            <dt>ledger</dt>
            <dd>{ledger}</dd>
          </>
        )}
        {line !== undefined && (
          <>
            <dt>line</dt>
            <dd>
              {grouped(line)}
              {batch === undefined ? '' : `, in batch ${grouped(batch)}`}
            </dd>
          </>
        )}
        <dt>why</dt>
        <dd>{reason ?? 'Its chain of hashes is broken.'}</dd>
        <dt>good</dt>
        <dd>{grouped(events)} events before it</dd>
      </dl>
    </>
  )
}

function Strict({ run }: { readonly run: OpenRun }) {
  const panel = usePanel()
  const [step, begin, stop] = useTask<StrictOutcome>()
  const { source } = run.source
  const { kit } = run.book.run
  const known = kit !== undefined && (source.kit?.(kit) !== undefined || isOwnKit(kit))
  const why = source.unverified
    ? 'This ledger is not as it was written, so it is not replayed: Verify says where.'
    : kit === undefined
      ? 'This is no run of a kit, so there are no responders to call again.'
      : known
        ? undefined
        : `The kit ${kit.slice(0, 60)} is not in this page. Where it is: daybook replay <run> --strict --kit ./its-module.mjs.`
  const replay = async (signal: AbortSignal): Promise<StrictOutcome> => {
    if (source.verify && source.noVerify === undefined) {
      const { ok, line, reason } = await source.verify(run.name)
      if (!ok) {
        throw new Error(
          `This ledger is not as it was written, so it is not replayed.${line === undefined ? '' : ` Line ${line}:`} ${reason ?? ''}`
        )
      }
    }
    const raw = run.book.events.findIndex(({ type }) => (type as string) === malformed)
    if (raw >= 0) throw new Error(`#${raw + 1} is no event, so this ledger is not replayed.`)
    const { replayStrictly } = await import('../sources/replay-strictly.js')
    const outcome = await replayStrictly(run.book.events, kit ?? '', { kit: source.kit?.(kit ?? ''), signal })
    const [first] = outcome.divergences
    if (first) panel.select(first.position)
    return outcome
  }
  return (
    <section className="section" aria-label="Replay strictly">
      <h3 className="lead">Replay strictly</h3>
      <p className="muted">
        The responders run again on the recorded answers, and what they make is compared with the recorded events.
      </p>
      <div className="do">
        <button
          type="button"
          className="button"
          disabled={why !== undefined || step.state === 'busy'}
          title={why}
          onClick={() => begin(replay)}
        >
          {step.state === 'busy' ? 'Replaying…' : 'Replay strictly'}
        </button>
        {step.state === 'busy' && (
          <button type="button" className="button" onClick={stop}>
            Stop
          </button>
        )}
        {why !== undefined && <p className="muted">{why}</p>}
      </div>
      <div role="status">
        {step.state === 'failed' && <Verdict bad>{step.message}</Verdict>}
        {step.state === 'done' && <Outcome outcome={step.value} ms={step.ms} book={run.book} onGo={panel.select} />}
      </div>
    </section>
  )
}

const shownOthers = 20

function Outcome(props: {
  readonly outcome: StrictOutcome
  readonly ms: number
  readonly book: Book
  readonly onGo: (row: number) => void
}) {
  const { outcome, ms, book, onGo } = props
  const { equal, diverged, events, ok, divergences, worker } = outcome
  const [first, ...others] = divergences
  const compared = equal + diverged
  return (
    <>
      <Verdict bad={!ok}>
        {grouped(equal)} of {grouped(compared)} events equal
      </Verdict>
      <p className="meta">
        {grouped(events - compared)} more are where the run began, its answers, and what the runtime notes.{' '}
        {duration(ms)}, {worker ? 'in a worker' : 'in the page'}, 0 calls.
      </p>
      {first && <First divergence={first} book={book} onGo={onGo} />}
      {others.length > 0 && (
        <div className="others">
          <h4 className="muted">{diverged - 1} more differ</h4>
          {others.slice(0, shownOthers).map((divergence, i) => {
            const { type, text, more, path } = divergenceWords(divergence, book)
            const { position } = divergence
            return (
              <button
                type="button"
                className="link"
                // biome-ignore lint/suspicious/noArrayIndexKey: one event may differ more than once
                key={i}
                title={masked(more ?? (path === undefined ? text : `${text}: ${path}`))}
                onClick={() => onGo(position)}
              >
                <span className="mono">#{position + 1}</span>
                <span className="clip">
                  {masked(text)} <span className="muted">{type}</span>
                </span>
              </button>
            )
          })}
          {diverged - 1 > shownOthers && <p className="meta">The first {shownOthers} of them are shown.</p>}
        </div>
      )}
    </>
  )
}

function First(props: { readonly divergence: Divergence; readonly book: Book; readonly onGo: (row: number) => void }) {
  const { divergence, book, onGo } = props
  const { position, fields, expected, found } = divergence
  const [field] = fields
  const { type, text, path, more } = divergenceWords(divergence, book)
  return (
    <div className="first">
      <p>
        First at{' '}
        <button type="button" className="ref" onClick={() => onGo(position)}>
          #{position + 1}
        </button>
        , <span className="mono">{type}</span>
      </p>
      <p>{masked(text)}</p>
      {path !== undefined && <p className="meta mono">{masked(path)}</p>}
      {more !== undefined && <p className="muted">{masked(more)}</p>}
      <div className="sides">
        <Side title="expected" text={textOf(field ? field.before : expected)} look="old" />
        <Side title="found" text={textOf(field ? field.after : found)} look="new" />
      </div>
      {fields.length > 1 && (
        <p className="meta">
          {fields.length - 1} more {fields.length > 2 ? 'fields differ' : 'field differs'} in this event.
        </p>
      )}
    </div>
  )
}

function Side({ title, text, look }: { readonly title: string; readonly text: string; readonly look: string }) {
  return (
    <div>
      <h4 className="muted">{title}</h4>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reached by keys */}
      <pre className={`mono ${look}`} tabIndex={0}>
        {text}
      </pre>
    </div>
  )
}

const maxText = 8000

function textOf(value: unknown): string {
  if (value === undefined) return 'nothing'
  const text = masked(typeof value === 'string' ? value : (JSON.stringify(value, null, 2) ?? String(value)))
  return text.length > maxText ? `${text.slice(0, maxText)}… (${grouped(text.length)} characters)` : text
}

const paces = [
  { label: 'Recorded pace', speed: 1, skip: false, about: 'every wait as long as it was' },
  { label: '8 times faster', speed: 8, skip: true, about: 'long waits are skipped' }
] as const

function Play({ run }: { readonly run: OpenRun }) {
  const panel = usePanel()
  const { playback } = panel
  const total = wholeMs(run.book)
  const short = run.book.events.length < 2
  return (
    <section className="section" aria-label="Play">
      <h3 className="lead">
        Play <span className="right">{duration(total)}</span>
      </h3>
      <p className="muted">Every view shows the run as it stood at the playhead.</p>
      <div className="do">
        {paces.map(({ label, speed, skip, about }) => (
          <button
            key={label}
            type="button"
            className="button"
            disabled={short}
            title={about}
            onClick={() => {
              playback.setSpeed(speed)
              playback.setSkipWaits(skip)
              panel.seek(1)
              playback.play()
            }}
          >
            <Icon name="play" /> {label}
          </button>
        ))}
        <button
          type="button"
          className="button"
          title="The whole run, as it ended"
          onClick={() => panel.seek(undefined)}
        >
          At once
        </button>
        {playback.playing && (
          <button type="button" className="button" onClick={() => playback.pause()}>
            <Icon name="pause" /> Pause
          </button>
        )}
      </div>
    </section>
  )
}
