/** Before the first run: how to get one, and how to read it. */
import { type ReactNode, useState } from 'react'
import type { Glyph as GlyphName } from '../model/family.js'
import { usePanel } from '../state/context.js'
import { Glyph, Icon } from './glyph.js'
import { Chip, copy, StatusDot } from './parts.js'

type Place = 'page' | 'node' | 'terminal'

const snippets: Readonly<Record<Place, { label: string; lines: readonly string[] }>> = {
  page: {
    label: 'Any page',
    lines: [
      "import { createDaybook } from 'daybook'",
      "import { mountDevtools } from 'daybook-devtools'",
      "const daybook = createDaybook({ proxy: '/api/llm' })",
      "mountDevtools(document.body, daybook, { mode: 'docked' })"
    ]
  },
  node: {
    label: 'Node',
    lines: [
      "import { createDaybook } from 'daybook'",
      "const daybook = createDaybook({ model: 'openai/gpt-5-mini' })",
      "console.log(await daybook.text('Why is the sky blue?'))",
      '// then, in a terminal: npx daybook devtools'
    ]
  },
  terminal: {
    label: 'Terminal',
    lines: ['npx daybook run research --simulate \\', "  --goal 'Is fusion power near?'", 'npx daybook devtools']
  }
}

export function Empty(props: { readonly onTry: (() => void) | undefined; readonly onOpenFile: () => void }) {
  const { onTry, onOpenFile } = props
  const panel = usePanel()
  const [place, setPlace] = useState<Place>('page')
  const [copied, setCopied] = useState(false)
  const { lines } = snippets[place]
  return (
    <div className="empty">
      <div>
        <h1>No run yet. The first event appears here by itself.</h1>
        <p className="sub">
          Daybook is listening. Add a few lines to your app, drop a ledger on this page
          {onTry ? ', or run a kit here first.' : '.'}
        </p>
        <div className="two">
          <div>
            <div className="segmented" role="radiogroup" aria-label="Where your program runs">
              {(Object.keys(snippets) as Place[]).map(name => (
                // biome-ignore lint/a11y/useSemanticElements: a segmented control, not a form field
                <button
                  key={name}
                  type="button"
                  role="radio"
                  aria-checked={name === place}
                  onClick={() => {
                    setPlace(name)
                    setCopied(false)
                  }}
                >
                  {snippets[name].label}
                </button>
              ))}
            </div>
            <div className="code">
              <button type="button" className="button" onClick={() => void copy(lines.join('\n')).then(setCopied)}>
                <Icon name={copied ? 'check' : 'copy'} />
                {copied ? 'Copied' : 'Copy'}
              </button>
              <code>
                {lines.map((line, i) => (
                  <div key={line} className="code-line">
                    <span className="ln">{i + 1}</span>
                    <Code line={line} />
                  </div>
                ))}
              </code>
            </div>
            <div className="actions">
              {onTry && (
                <button type="button" className="button large primary" onClick={onTry}>
                  Try it here
                </button>
              )}
              <button type="button" className="button large" onClick={onOpenFile}>
                Open a ledger <kbd>o</kbd>
              </button>
              <span className="muted">or drop a .jsonl or .jsonl.gz file here</span>
            </div>
          </div>
          <section className="sources">
            <h2>Sources</h2>
            <ul>
              {panel.sources.map(entry => (
                <Listed
                  key={entry.id}
                  icon={<Icon name={entry.source.kind} />}
                  label={entry.source.label}
                  about={
                    entry.status.message ??
                    (entry.source.kind === 'page' ? 'its ledgers, in IndexedDB' : 'its ledgers, as they grow')
                  }
                  state={
                    <>
                      <StatusDot status={entry.status} />
                      <span>{entry.status.state === 'live' ? 'listening' : entry.status.state}</span>
                    </>
                  }
                />
              ))}
              {!panel.sources.some(entry => entry.source.kind === 'node') && (
                <Listed
                  icon={<Icon name="node" />}
                  label="A Node process"
                  about="run: npx daybook devtools"
                  state={<Waiting />}
                />
              )}
              <Listed
                icon={<Icon name="file" />}
                label="A ledger from disk"
                about="read only, nothing leaves this page"
                state={<Waiting />}
              />
            </ul>
          </section>
        </div>
        <Reading />
        <div className="keys">
          <Key keys="/" title="Filter" about="type:llm.* cache:hit has:error" />
          <Key keys="j k" title="Next and previous" about="walk the events, in order" />
          <Key keys="[ ]" title="Cause and effect" about="walk the chain from any row" />
          <Key keys="1–7" title="Views" about="from Ledger to Compare" />
        </div>
      </div>
    </div>
  )
}

const keywords = /(\b(?:import|from|const|await|npx)\b|\/\/.*$)/

/** Keywords and comments in grey, as all code of the panel. */
function Code({ line }: { readonly line: string }) {
  return line.split(keywords).map((piece, i) => {
    const key = `${i} ${piece}`
    return keywords.test(piece) ? (
      <span key={key} className="kw">
        {piece}
      </span>
    ) : (
      <span key={key}>{piece}</span>
    )
  })
}

function Waiting() {
  return (
    <>
      <span className="dot off" />
      <span className="muted">waiting</span>
    </>
  )
}

function Listed(props: {
  readonly icon: ReactNode
  readonly label: string
  readonly about: string
  readonly state: ReactNode
}) {
  return (
    <li>
      {props.icon}
      <div>
        <div className="label">{props.label}</div>
        <div className="meta">{props.about}</div>
      </div>
      <div className="status">{props.state}</div>
    </li>
  )
}

const sample: readonly {
  seq: number
  time: string
  glyph: GlyphName
  space: string
  verb: string
  summary: string
  tokens: string
  cost: string
  hit?: boolean
  means: string
}[] = [
  {
    seq: 21,
    time: '0.014',
    glyph: 'request',
    space: 'llm.',
    verb: 'request',
    summary: 'How much range is lost in winter?',
    tokens: '2.14k',
    cost: '',
    means: 'A program asks a model.'
  },
  {
    seq: 33,
    time: '1.566',
    glyph: 'tool',
    space: 'tool.',
    verb: 'called',
    summary: 'fetch_page {"url":"https://…"}',
    tokens: '',
    cost: '',
    means: 'The model uses one of your functions.'
  },
  {
    seq: 36,
    time: '2.690',
    glyph: 'response',
    space: 'llm.',
    verb: 'response',
    summary: '“Cold halves the charging speed…”',
    tokens: '438',
    cost: '.0043',
    means: 'The answer, with tokens and cost.'
  },
  {
    seq: 37,
    time: '2.692',
    glyph: 'world',
    space: 'object.',
    verb: 'patched',
    summary: 'Finding 2 · complete',
    tokens: '',
    cost: '',
    means: 'The program keeps what it learned.'
  },
  {
    seq: 48,
    time: '4.105',
    glyph: 'response',
    space: 'llm.',
    verb: 'response',
    summary: '“Over 12 years a battery bus…”',
    tokens: '486',
    cost: '0',
    hit: true,
    means: 'Asked before: the answer comes from the cache.'
  }
]

function Reading() {
  return (
    <section className="reading">
      <h2>
        How to read a ledger <span className="muted">five rows of a run</span>
      </h2>
      <table>
        <thead>
          <tr>
            <th className="r">seq</th>
            <th className="r">time s</th>
            <th>type</th>
            <th>summary</th>
            <th className="r">tok</th>
            <th className="r">$</th>
            <th>cache</th>
            <th>what it means</th>
          </tr>
        </thead>
        <tbody>
          {sample.map(row => (
            <tr key={row.seq}>
              <td className="r mono">{row.seq}</td>
              <td className="r mono">{row.time}</td>
              <td>
                <span className="kind">
                  <Glyph name={row.glyph} />
                  <span>
                    <span className="muted">{row.space}</span>
                    {row.verb}
                  </span>
                </span>
              </td>
              <td>{row.summary}</td>
              <td className="r mono">{row.tokens}</td>
              <td className="r mono">{row.cost}</td>
              <td>{row.hit && <Chip chip={{ look: 'hit', text: 'HIT' }} />}</td>
              <td>{row.means}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function Key({ keys, title, about }: { readonly keys: string; readonly title: string; readonly about: string }) {
  return (
    <div>
      <kbd className="large">{keys}</kbd>
      <div>
        <b>{title}</b>
        <div className="muted">{about}</div>
      </div>
    </div>
  )
}
