/** The two sides of a fork: as it was asked, and as it will be, with what differs marked word by word. */
import { useEffect, useId, useState } from 'react'
import { type Differ, loadDiffer, maxCompared, type WordChange } from '../model/differ.js'
import type { DataForm, Edits, Field, MessageForm, RequestForm } from '../model/fork-draft.js'
import { count } from '../model/numbers.js'
import { Glyph, Icon } from './glyph.js'
import { Menu } from './parts.js'

interface EditorProps<Form> {
  readonly form: Form
  readonly edits: Edits
  readonly faults: Readonly<Record<string, string>>
  readonly onChange: (edits: Edits) => void
}

const charactersPerToken = 4

export function RequestEditor(props: EditorProps<RequestForm> & { readonly models: readonly string[] }) {
  const { form, edits, faults, models, onChange } = props
  const differ = useDiffer()
  const setText = (path: string, text: string): void => onChange({ ...edits, texts: { ...edits.texts, [path]: text } })
  return (
    <>
      <section className="section sides">
        <div className="columns-head">
          <span>As it was asked</span>
          <span>
            As you will ask it <span className="right">type to edit</span>
          </span>
        </div>
        {form.messages.length === 0 && <p className="muted">This request has no messages that can be read.</p>}
        {form.messages.map(message => (
          <Message key={message.index} message={message} edits={edits} differ={differ} onText={setText} />
        ))}
        {edits.added.map((message, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: messages that were added are told apart by their place
          <div className="message" key={i}>
            <h3>
              {message.role} <span className="chip edited">added</span>
              <button
                type="button"
                className="icon right"
                aria-label={`Take the added ${message.role} message out`}
                onClick={() => onChange({ ...edits, added: edits.added.filter((_, at) => at !== i) })}
              >
                <Icon name="close" />
              </button>
            </h3>
            <div className="pair">
              <div className="was absent muted">not in the run</div>
              <Editable
                label={`Added ${message.role} message`}
                before=""
                text={message.text}
                pieces={undefined}
                mono={false}
                onText={text =>
                  onChange({ ...edits, added: edits.added.map((each, at) => (at === i ? { ...each, text } : each)) })
                }
              />
            </div>
          </div>
        ))}
        <button
          type="button"
          className="quiet add"
          onClick={() => onChange({ ...edits, added: [...edits.added, { role: 'user', text: '' }] })}
        >
          <Icon name="plus" /> Add a message
        </button>
      </section>
      <section className="section">
        <Parameters form={form} edits={edits} faults={faults} models={models} onChange={onChange} onText={setText} />
      </section>
    </>
  )
}

export function DataEditor({ form, edits, faults, onChange }: EditorProps<DataForm>) {
  const differ = useDiffer()
  const { field, title } = form
  const at = field.path || '/'
  const text = edits.texts[at] ?? field.before
  const pieces = useWords(differ, field.before, text)
  return (
    <section className="section sides">
      <div className="columns-head">
        <span>As it was</span>
        <span>
          As it will be <span className="right">type to edit</span>
        </span>
      </div>
      <div className="message">
        <h3>
          {title} {text !== field.before && <span className="chip edited">edited</span>}
        </h3>
        <div className="pair tall">
          <Was text={field.before} pieces={pieces} mono={field.kind === 'json'} />
          <Editable
            label={`${title}, as it will be`}
            before={field.before}
            text={text}
            pieces={pieces}
            mono={field.kind === 'json'}
            fault={faults[at]}
            onText={next => onChange({ ...edits, texts: { ...edits.texts, [at]: next } })}
          />
        </div>
        {faults[at] && <p className="f-error">{faults[at]}</p>}
      </div>
    </section>
  )
}

function Message(props: {
  readonly message: MessageForm
  readonly edits: Edits
  readonly differ: Differ | undefined
  readonly onText: (path: string, text: string) => void
}) {
  const { message, edits, differ, onText } = props
  const { fields, label, role, others, characters } = message
  const isEdited = fields.some(({ path, before }) => (edits.texts[path] ?? before) !== before)
  const [open, setOpen] = useState(!message.folded || isEdited)
  const heading = (
    <>
      {role === 'tool' && <Glyph name="tool" />}
      {label}
    </>
  )
  if (!open) {
    return (
      <button type="button" className="folded" aria-expanded={false} onClick={() => setOpen(true)}>
        <Icon name="right" />
        <span className="clip">
          {label}, {isEdited ? 'edited' : 'unchanged'}
        </span>
        <span className="mono right">≈ {count(Math.round(characters / charactersPerToken))} tok</span>
      </button>
    )
  }
  return (
    <div className="message">
      <h3>
        {message.folded ? (
          <button type="button" className="unfold" aria-expanded onClick={() => setOpen(false)}>
            <Icon name="down" /> {heading}
          </button>
        ) : (
          heading
        )}
        {isEdited && <span className="chip edited">edited</span>}
        {others.length > 0 && <span className="muted right">{others.join(', ')} stays as it is</span>}
      </h3>
      {fields.map(field => (
        <Pair
          key={field.path}
          field={field}
          label={`${label}, as you will ask it`}
          text={edits.texts[field.path] ?? field.before}
          differ={differ}
          mono={role === 'tool' || field.kind === 'json'}
          onText={text => onText(field.path, text)}
        />
      ))}
      {fields.length === 0 && <p className="muted">It has no text.</p>}
    </div>
  )
}

function Pair(props: {
  readonly field: Field
  readonly label: string
  readonly text: string
  readonly differ: Differ | undefined
  readonly mono: boolean
  readonly onText: (text: string) => void
}) {
  const { field, label, text, differ, mono, onText } = props
  const pieces = useWords(differ, field.before, text)
  return (
    <div className="pair">
      <Was text={field.before} pieces={pieces} mono={mono} />
      <Editable label={label} before={field.before} text={text} pieces={pieces} mono={mono} onText={onText} />
    </div>
  )
}

function Was({ text, pieces, mono }: { text: string; pieces: readonly WordChange[] | undefined; mono: boolean }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reached by keys
    // biome-ignore lint/a11y/useSemanticElements: a text is no set of fields
    <div className={mono ? 'was mono' : 'was'} role="group" tabIndex={0} aria-label="As it was">
      {pieces ? <Marked pieces={pieces} side="removed" /> : text === '' ? <span className="muted">empty</span> : text}
    </div>
  )
}

/** A text area that is as high as its text, over the same text with its marks. */
function Editable(props: {
  readonly label: string
  readonly before: string
  readonly text: string
  readonly pieces: readonly WordChange[] | undefined
  readonly mono: boolean
  readonly fault?: string | undefined
  readonly onText: (text: string) => void
}) {
  const { label, text, pieces, mono, fault, onText } = props
  return (
    <div className={`will${mono ? ' mono' : ''}${fault ? ' wrong' : ''}`}>
      <div className="grow">
        <div className="under" aria-hidden="true">
          {pieces ? <Marked pieces={pieces} side="added" /> : text}
          {'\u200b'}
        </div>
        <textarea
          aria-label={label}
          aria-invalid={fault !== undefined}
          spellCheck={false}
          value={text}
          onChange={event => onText(event.target.value)}
        />
      </div>
    </div>
  )
}

function Marked({ pieces, side }: { readonly pieces: readonly WordChange[]; readonly side: 'removed' | 'added' }) {
  return pieces
    .filter(({ type }) => type === 'same' || type === side)
    .map(({ type, text }, i) =>
      type === 'same' ? (
        text
      ) : (
        // biome-ignore lint/suspicious/noArrayIndexKey: pieces of a text are told apart by their place
        <span key={i} className={side}>
          {text}
        </span>
      )
    )
}

function useDiffer(): Differ | undefined {
  const [differ, setDiffer] = useState<Differ | undefined>(undefined)
  useEffect(() => {
    let over = false
    loadDiffer().then(
      loaded => {
        if (!over) setDiffer(loaded)
      },
      () => {} // without marks, the two texts still stand side by side
    )
    return () => {
      over = true
    }
  }, [])
  return differ
}

/** Undefined where nothing differs, or too much text would have to be compared at each key. */
function useWords(differ: Differ | undefined, before: string, after: string): readonly WordChange[] | undefined {
  if (!differ || before === after || before.length > maxCompared || after.length > maxCompared) return undefined
  return differ.words(before, after)
}

function Parameters(
  props: EditorProps<RequestForm> & {
    readonly models: readonly string[]
    readonly onText: (path: string, text: string) => void
  }
) {
  const { form, edits, faults, models, onChange, onText } = props
  const id = useId()
  const figure = (field: Field, label: string) => {
    const text = edits.texts[field.path] ?? field.before
    const isEdited = text !== field.before
    const was = isEdited ? `, was ${field.before || 'not set'}` : ''
    return (
      <div className="field">
        <label htmlFor={`${id}${field.path}`}>
          {label}
          {was}
        </label>
        <input
          id={`${id}${field.path}`}
          className={`${isEdited ? 'changed' : ''} ${faults[field.path] ? 'wrong' : ''}`}
          title={faults[field.path] ?? text}
          aria-invalid={faults[field.path] !== undefined}
          inputMode={field.kind === 'number' ? 'decimal' : 'text'}
          list={field.path === '/model' ? `${id}-models` : undefined}
          spellCheck={false}
          autoComplete="off"
          placeholder="not set"
          value={text}
          onChange={event => onText(field.path, event.target.value)}
        />
      </div>
    )
  }
  const kept = form.tools.length - edits.without.length
  const others = edits.texts['/'] ?? form.others.before
  return (
    <>
      <div className="parameters">
        {figure(form.model, 'model')}
        <datalist id={`${id}-models`}>
          {models.map(model => (
            <option key={model} value={model} />
          ))}
        </datalist>
        {figure(form.maxTokens, 'max_tokens')}
        {figure(form.temperature, 'temperature')}
        <div className="field">
          <span>tools</span>
          {form.tools.length === 0 ? (
            <span className="no-tools muted">none</span>
          ) : (
            <Menu
              label="Tools of this request"
              className={edits.without.length > 0 ? 'choice changed' : 'choice'}
              named
              end
              button={
                <>
                  <span>
                    {kept} of {form.tools.length}
                  </span>
                  <Icon name="down" size={10} />
                </>
              }
            >
              {() =>
                form.tools.map((tool, i) => {
                  const on = !edits.without.includes(i)
                  return (
                    <button
                      // biome-ignore lint/suspicious/noArrayIndexKey: two tools may have one name
                      key={i}
                      type="button"
                      role="menuitemcheckbox"
                      aria-checked={on}
                      onClick={() =>
                        onChange({
                          ...edits,
                          without: on ? [...edits.without, i] : edits.without.filter(at => at !== i)
                        })
                      }
                    >
                      <span className="tick">{on && <Icon name="check" />}</span>
                      <span className="clip">{tool}</span>
                    </button>
                  )
                })
              }
            </Menu>
          )}
        </div>
      </div>
      <details className="others" open={others !== form.others.before || undefined}>
        <summary>
          Other parameters
          {others !== form.others.before && <span className="chip edited">edited</span>}
        </summary>
        <textarea
          className={faults['/'] ? 'mono wrong' : 'mono'}
          aria-label="Other parameters, as JSON"
          aria-invalid={faults['/'] !== undefined}
          spellCheck={false}
          rows={Math.min(10, others.split('\n').length)}
          value={others}
          onChange={event => onText('/', event.target.value)}
        />
        {faults['/'] && <p className="f-error">{faults['/']}</p>}
      </details>
    </>
  )
}
