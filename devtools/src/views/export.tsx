/** A ledger as a file: which kind, and before it is made, what in it looks like a key. */
import { masked } from 'daybook/errors'
import { useEffect, useState } from 'react'
import {
  ExportError,
  type ExportFormat,
  exportFormats,
  fetchViewer,
  fileName,
  toGzip,
  toHtml,
  toJsonl,
  toTrace
} from '../model/export.js'
import { bytes, grouped } from '../model/numbers.js'
import { titleOf } from '../model/run.js'
import { type Finding, findingsIn, maskEvent } from '../model/secrets.js'
import { usePanel } from '../state/context.js'
import type { OpenRun } from '../state/panel.js'
import { Modal } from './modal.js'
import type { OverlayProps } from './overlays.js'
import { save } from './save.js'

const formats: Readonly<Record<ExportFormat, readonly [label: string, about: string]>> = {
  jsonl: ['Ledger, .jsonl', 'One event a line, with its chain. Daybook opens it, verifies it and replays it.'],
  gzip: ['Ledger, packed, .jsonl.gz', 'The same, about a tenth of the size.'],
  otlp: ['OpenTelemetry trace, .json', 'Spans of calls and tools in the JSON of OTLP, for tools that read traces.'],
  html: ['One HTML file', 'The viewer with this ledger in it. It opens from disk, without a network.']
}

export function Export({ onClose }: OverlayProps) {
  const panel = usePanel()
  const { run } = panel
  if (!run) return null
  return (
    <Modal label="Export the ledger" className="export" titled onClose={onClose}>
      {close => <Form run={run} onClose={close} />}
    </Modal>
  )
}

function Form({ run, onClose }: { readonly run: OpenRun; readonly onClose: () => void }) {
  const panel = usePanel()
  const [format, setFormat] = useState<ExportFormat>('jsonl')
  const [masking, setMasking] = useState(true)
  const [content, setContent] = useState(false)
  const [busy, setBusy] = useState(false)
  const [trouble, setTrouble] = useState('')
  // What is exported is what there was when the sheet opened: so what was previewed is what is written.
  const [length] = useState(run.book.events.length)
  const scan = useScan(run, length)

  const make = async (): Promise<void> => {
    setBusy(true)
    setTrouble('')
    // The button says that it works before the work stops the page.
    await new Promise(resolve => setTimeout(resolve, 30))
    try {
      const events = run.book.events.slice(0, length).map(event => (masking ? maskEvent(event, masked) : event))
      const title = titleOf(run.name, run.book.run.goal)
      const file = await fileOf(format, run.name, masking ? masked(title) : title, events, content)
      const name = fileName(run.name, format)
      save(name, file)
      panel.tell(`${name} was made, ${bytes(file.size)}.`)
      onClose()
    } catch (error) {
      setTrouble(error instanceof ExportError ? error.message : `The file cannot be made: ${String(error)}`)
      setBusy(false)
    }
  }
  return (
    <form
      style={{ display: 'contents' }}
      onSubmit={event => {
        event.preventDefault()
        void make()
      }}
    >
      <div className="content">
        <div className="choices" role="radiogroup" aria-label="Kind of file">
          {exportFormats.map(name => (
            <label key={name}>
              <input
                type="radio"
                name="format"
                checked={format === name}
                data-first={format === name ? '' : undefined}
                onChange={() => setFormat(name)}
              />
              <span>{formats[name][0]}</span>
              <span className="meta">{formats[name][1]}</span>
            </label>
          ))}
        </div>
        {format === 'otlp' && (
          <label className="check">
            <input type="checkbox" checked={content} onChange={event => setContent(event.target.checked)} />
            <span>With prompts, answers and the arguments of tools</span>
          </label>
        )}
        <label className="check">
          <input type="checkbox" checked={masking} onChange={event => setMasking(event.target.checked)} />
          <span>Mask what looks like a key</span>
          <span className="meta">
            {masking
              ? 'Each becomes •••. The file gets a chain of its own, since the events are no longer the recorded ones.'
              : 'The file holds the ledger as it was recorded, keys and all.'}
          </span>
        </label>
        <Preview run={run} scan={scan} length={length} masking={masking} />
      </div>
      <div className="foot">
        <span className={trouble ? 'f-error' : 'muted clip'} role={trouble ? 'alert' : undefined}>
          {trouble || `${fileName(run.name, format)} · ${grouped(length)} events`}
        </span>
        <button type="submit" className="button primary right" disabled={busy || !scan.done}>
          {busy ? 'Writing…' : scan.done ? 'Save the file' : 'Looking for keys…'}
        </button>
      </div>
    </form>
  )
}

async function fileOf(
  format: ExportFormat,
  name: string,
  title: string,
  events: Parameters<typeof toJsonl>[1],
  content: boolean
): Promise<Blob> {
  switch (format) {
    case 'jsonl':
      return toJsonl(name, events)
    case 'gzip':
      return toGzip(await toJsonl(name, events))
    case 'otlp':
      return toTrace(name, events, content)
    case 'html':
      return new Blob(
        [toHtml(await fetchViewer(document.baseURI), name, title, await (await toJsonl(name, events)).text())],
        { type: 'text/html' }
      )
  }
}

interface Scan {
  readonly rows: number
  readonly done: boolean
  readonly keys: number
  readonly masked: number
  /** The first ones, keys before what was masked. */
  readonly findings: readonly Finding[]
}

const sliceMs = 10
/** So many places are listed; all are counted. */
const most = 100

/** Looks through the ledger in slices, so that a long one does not stop the page. */
function useScan(run: OpenRun, length: number): Scan {
  const [scan, setScan] = useState<Scan>({ rows: 0, done: false, keys: 0, masked: 0, findings: [] })
  useEffect(() => {
    let rows = 0
    const counts = { key: 0, masked: 0 }
    const kept: Record<Finding['kind'], Finding[]> = { key: [], masked: [] }
    let timer: ReturnType<typeof setTimeout>
    const go = (): void => {
      const until = performance.now() + sliceMs
      while (rows < length && performance.now() < until) {
        const event = run.book.events[rows]
        for (const finding of event ? findingsIn(event, rows, masked) : []) {
          counts[finding.kind]++
          if (kept[finding.kind].length < most) kept[finding.kind].push(finding)
        }
        rows++
      }
      const findings = [...kept.key, ...kept.masked].slice(0, most)
      setScan({ rows, done: rows >= length, keys: counts.key, masked: counts.masked, findings })
      if (rows < length) timer = setTimeout(go)
    }
    go()
    return () => clearTimeout(timer)
  }, [run, length])
  return scan
}

function Preview(props: {
  readonly run: OpenRun
  readonly scan: Scan
  readonly length: number
  readonly masking: boolean
}) {
  const { scan, length, masking } = props
  const { keys, masked: before, findings } = scan
  const nothing = keys === 0 && before === 0
  return (
    <div>
      <h3>What looks like a key</h3>
      <p className="counts" role="status">
        {scan.done ? (
          nothing ? (
            <span>Nothing in {grouped(length)} events looks like a key.</span>
          ) : (
            <>
              <span>
                <b className="strong">{grouped(keys)}</b> {keys === 1 ? 'place' : 'places'}{' '}
                {masking ? 'will be masked' : 'will be in the file as they are'}
              </span>
              <span className="muted">{grouped(before)} masked before the ledger was written</span>
            </>
          )
        ) : (
          <span className="muted">
            {grouped(scan.rows)} of {grouped(length)} events looked at…
          </span>
        )}
      </p>
      {findings.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls must be reached with the keyboard
        <ul className="places" tabIndex={0} aria-label="Places">
          {findings.map(({ row, path, around, kind }) => (
            <li key={`${row} ${path}`}>
              <span className="mono muted">#{row + 1}</span>
              <span className="mono clip" title={path.slice(0, 2000)}>
                {path}
              </span>
              <span className={kind === 'key' ? 'mono clip' : 'mono clip muted'} title={around}>
                {around}
              </span>
            </li>
          ))}
        </ul>
      )}
      {keys + before > findings.length && (
        <p className="meta">
          {findings.length} of {grouped(keys + before)} are shown.
        </p>
      )}
    </div>
  )
}
