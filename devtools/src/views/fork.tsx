/** The fork sheet: an event as it was beside as it will be, what runs again for it, and what that costs. */
import { type KeyboardEvent, useEffect, useId, useMemo, useReducer, useRef, useState } from 'react'
import { mainRuns } from '../model/branches.js'
import {
  branchFault,
  type Edited,
  type Edits,
  editedData,
  type ForkForm,
  formOf,
  freeBranch,
  noEdits
} from '../model/fork-draft.js'
import type { Provider } from '../model/source.js'
import { usePanel } from '../state/context.js'
import { draftsOf } from '../state/drafts.js'
import { showFates } from '../state/fates.js'
import css from '../styles/fork.css?inline'
import { useSheet } from './adopt.js'
import { noFork } from './fork-button.js'
import { DataEditor, RequestEditor } from './fork-edit.js'
import { isSingle, singleWords, useEstimate } from './fork-estimate.js'
import { ForkFoot, PlannedCalls } from './fork-plan.js'
import { type Branching, useBranching } from './fork-run.js'
import { Glyph, Icon } from './glyph.js'
import type { ViewProps } from './registry.js'
import { Segmented } from './segmented.js'

export function Fork({ run }: ViewProps) {
  useSheet(css)
  const panel = usePanel()
  const { book } = run
  const row = panel.selected ?? lastRequest(run.shown.events)
  const event = row === undefined ? undefined : book.events[row]
  const form = useMemo(
    () => (event ? formOf(event) : 'Choose an event in the ledger: the branch begins there.'),
    [event]
  )
  const why = noFork(run.source.source)
  const close = (): void => panel.setSheet(undefined)
  if (why !== undefined || !event || row === undefined || typeof form === 'string') {
    return (
      <aside className="inspector sheet fork" aria-label="Fork">
        <Head title="Fork" onClose={close} />
        <p className="nothing muted">{why ?? (typeof form === 'string' ? form : '')}</p>
      </aside>
    )
  }
  return <Sheet key={row} run={run} row={row} form={form} onClose={close} />
}

function lastRequest(events: readonly { readonly type: string }[]): number | undefined {
  const row = events.findLastIndex(({ type }) => type === 'llm.request')
  return row < 0 ? undefined : row
}

interface SheetProps {
  readonly run: ViewProps['run']
  readonly row: number
  readonly form: ForkForm
  readonly onClose: () => void
}

function Sheet({ run, row, form, onClose }: SheetProps) {
  const panel = usePanel()
  const drafts = draftsOf(panel)
  const [, redraw] = useReducer((n: number) => n + 1, 0)
  const draftKey = `${run.key} ${row}`
  const names = panel.runs.map(entry => entry.info.name)
  const free = freeBranch(names)
  const { edits = noEdits, id = free, strict = true, provider = 'simulated' } = drafts.get(draftKey) ?? {}
  const change = (more: object): void => {
    drafts.set(draftKey, { ...drafts.get(draftKey), ...more })
    redraw()
  }
  const { book } = run
  const event = book.events[row] as (typeof book.events)[number]
  const edited: Edited = useMemo(() => editedData(event, form, edits), [event, form, edits])
  const { source } = run.source
  const counted = useEstimate(run, row, edited, strict)
  const key = useRef<HTMLInputElement>(null)
  const { plan } = counted
  useEffect(() => {
    showFates(panel, plan && { run: run.key, branch: id.slice(0, 12), of: plan.fateOf })
  }, [panel, plan, run.key, id])
  useEffect(() => () => showFates(panel, undefined), [panel])
  const branching: Branching = useBranching(panel, run)
  const ranUnder = useRef(false)
  // A branch that was ended has its name: the next one gets another.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only the end of a branch frees its name
  useEffect(() => {
    if (!branching.running && ranUnder.current) change({ id: undefined })
    ranUnder.current = branching.running
  }, [branching.running])
  const nameFault = branchFault(id, branching.running ? [] : names)
  const again = plan && edited.count === 0 ? plan.calls.length : 0
  const endsAtOnce = plan?.endsAt !== undefined && edited.count === 0
  const idle =
    isSingle(run) && form.kind !== 'request'
      ? 'Only a call can be made again here: choose a request.'
      : endsAtOnce
        ? 'Change something first, or choose Permissive: what has no answer is asked then.'
        : edited.count === 0 && again === 0
          ? 'Change something first: as it was, every answer comes from the recording.'
          : undefined
  const broken = nameFault ?? Object.values(edited.faults)[0] ?? counted.problem
  const fault = broken ?? idle
  const canRun = fault === undefined && !branching.running
  const said = branching.running ? branching.progress : (branching.problem ?? broken)
  const start = (): void => {
    if (!canRun) return
    change({ id })
    const secret = key.current?.value.trim() ?? ''
    const answers = source.asksWho ? { provider, ...(provider === 'simulated' ? {} : { key: secret }) } : undefined
    if (answers && provider !== 'simulated' && secret === '') {
      branching.refuse('Paste a key, or take the simulated provider.')
      return
    }
    branching.start({
      request: {
        position: row,
        id,
        ...(edited.count > 0 ? { change: { event: event.id, ...edited.change } } : {}),
        ...(strict ? { strict } : {}),
        ...(answers ? { answers } : {})
      }
    })
  }
  const onKeyDown = (pressed: KeyboardEvent): void => {
    if (pressed.key === 'Enter' && (pressed.metaKey || pressed.ctrlKey)) start()
    else if (pressed.key === 'Escape') onClose()
    else return
    pressed.preventDefault()
    pressed.stopPropagation()
  }
  const of = labelOfRun(panel.runs, run.key, run.name)
  const setEdits = (next: Edits): void => change({ edits: next })
  return (
    <aside className="inspector sheet fork" aria-label={`Fork ${of} at event ${row + 1}`} onKeyDown={onKeyDown}>
      <Head title={`Fork ${of} at #${row + 1}`} onClose={onClose}>
        <label className="into">
          into
          <input
            className={nameFault ? 'wrong' : ''}
            value={id}
            maxLength={80}
            spellCheck={false}
            autoComplete="off"
            aria-invalid={nameFault !== undefined}
            disabled={branching.running}
            onChange={changed => change({ id: changed.target.value.trim() })}
          />
        </label>
        <span className="right muted" role="status">
          {edited.count > 0
            ? `${edited.count} ${edited.count === 1 ? 'change' : 'changes'}`
            : again > 0
              ? 'nothing changed: what has no answer is asked'
              : 'nothing changed yet'}
        </span>
        <button
          type="button"
          className="quiet"
          disabled={edits === noEdits || branching.running}
          onClick={() => change({ edits: noEdits, id: undefined })}
        >
          Reset
        </button>
      </Head>
      <fieldset className="scroll" disabled={branching.running}>
        {form.kind === 'request' ? (
          <RequestEditor form={form} edits={edits} faults={edited.faults} models={modelsOf(run)} onChange={setEdits} />
        ) : (
          <DataEditor form={form} edits={edits} faults={edited.faults} onChange={setEdits} />
        )}
        <section className="section how">
          {source.asksWho && (
            <Answering provider={provider} inputRef={key} onChange={next => change({ provider: next })} />
          )}
          <Segmented
            label="What else may be asked"
            items={modes}
            value={strict ? 'strict' : 'permissive'}
            onChange={mode => change({ strict: mode === 'strict' })}
          />
          <p className="muted">
            {strict
              ? 'A call that is neither recorded nor follows from the change ends the branch, before it is paid.'
              : 'A call that is not recorded is made, within the budget of the run.'}
          </p>
          {plan?.endsAt !== undefined && (
            <p className="whole ends">
              It will end at{' '}
              <button type="button" className="link mono" onClick={() => panel.seek((plan.endsAt ?? 0) + 1)}>
                #{plan.endsAt + 1}
              </button>
              : that call has no recorded answer and does not follow from the change.
            </p>
          )}
          {isSingle(run) && <p className="muted whole">{singleWords(run)}</p>}
        </section>
        <PlannedCalls run={run} counted={counted} edited={edited} />
      </fieldset>
      <ForkFoot run={run} counted={counted}>
        {said && (
          <p className={branching.running ? 'muted' : 'f-error'} role={branching.problem ? 'alert' : 'status'}>
            {said}
          </p>
        )}
        <div className="actions">
          {branching.running ? (
            <button type="button" className="button large" onClick={branching.stop}>
              Stop
            </button>
          ) : (
            <button type="button" className="quiet large" onClick={onClose}>
              Cancel
            </button>
          )}
          <button type="button" className="button large primary" disabled={!canRun} title={fault} onClick={start}>
            {branching.running ? 'Running…' : 'Run branch'} <kbd>{mac ? '⌘↵' : 'Ctrl ↵'}</kbd>
          </button>
        </div>
      </ForkFoot>
    </aside>
  )
}

function Head(props: { readonly title: string; readonly onClose: () => void; readonly children?: React.ReactNode }) {
  return (
    <div className="head">
      <Glyph name="branch" />
      <h2 className="strong clip" title={props.title}>
        {props.title}
      </h2>
      {props.children ?? <span className="right" />}
      <button type="button" className="icon" aria-label="Close" onClick={props.onClose}>
        <Icon name="close" />
      </button>
    </div>
  )
}

const mac = /Mac|iP(hone|ad)/.test(navigator.platform)

const modes = [
  { name: 'strict', label: 'Strict' },
  { name: 'permissive', label: 'Permissive' }
] as const

const providers: readonly { readonly name: Provider; readonly label: string }[] = [
  { name: 'simulated', label: 'Simulated: no key, no network' },
  { name: 'openrouter', label: 'OpenRouter' },
  { name: 'anthropic', label: 'Anthropic' },
  { name: 'openai', label: 'OpenAI' }
]

/** Who answers where the run's own program is not there. The key lives in its field alone. */
function Answering(props: {
  readonly provider: Provider
  readonly inputRef: React.RefObject<HTMLInputElement | null>
  readonly onChange: (provider: Provider) => void
}) {
  const id = useId()
  const { provider, inputRef, onChange } = props
  const [shown, setShown] = useState(provider)
  useEffect(() => setShown(provider), [provider])
  return (
    <div className="answering">
      <div className="field">
        <label htmlFor={`${id}-who`}>answered by</label>
        <select id={`${id}-who`} value={shown} onChange={event => onChange(event.target.value as Provider)}>
          {providers.map(({ name, label }) => (
            <option key={name} value={name}>
              {label}
            </option>
          ))}
        </select>
      </div>
      {provider !== 'simulated' && (
        <div className="field">
          <label htmlFor={`${id}-key`}>key</label>
          <input
            id={`${id}-key`}
            key={provider}
            ref={inputRef}
            type="password"
            autoComplete="off"
            spellCheck={false}
            placeholder="for this branch only, never stored"
          />
        </div>
      )}
    </div>
  )
}

function labelOfRun(runs: Parameters<typeof mainRuns>[0], key: string, name: string): string {
  return mainRuns(runs).some(entry => entry.key === key) && !name.startsWith('branch:')
    ? 'main'
    : name.replace(/^[a-z]+:/, '')
}

function modelsOf({ book }: ViewProps['run']): readonly string[] {
  const models = new Set<string>()
  for (const call of book.calls.all) {
    if (call.kind === 'llm' && call.name !== '') models.add(call.name)
    if (models.size >= 30) break
  }
  return [...models].sort()
}
