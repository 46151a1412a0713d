/** The two sides of a fork: as it was asked, and as it will be, with what differs marked word by word. */
import { type ReactNode, useEffect, useId, useLayoutEffect, useRef, useState } from 'react'
import { type Differ, loadDiffer, maxCompared, type WordChange } from '../model/differ.js'
import type { DataForm, Edits, Field, MessageForm, RequestForm } from '../model/fork-draft.js'
import { moved, orderOf, withMessage, withoutMessage } from '../model/fork-order.js'
import { count, grouped } from '../model/numbers.js'
import { Glyph, Icon, type IconName } from './glyph.js'
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
        {orderOf(form, edits).map(id => (
          <Placed key={id} id={id} {...props} differ={differ} onText={setText} />
        ))}
        <button type="button" className="quiet add" onClick={() => onChange(withMessage(form, edits))}>
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
  const { before, text, rest, left } = headOf(field.before, edits.texts[at] ?? field.before)
  const pieces = useWords(differ, before, text)
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
          {title} {text !== before && <span className="chip edited">edited</span>}
        </h3>
        <div className="pair tall">
          <Was text={before} pieces={pieces} mono={field.kind === 'json'} />
          <Editable
            label={`${title}, as it will be`}
            text={text}
            pieces={pieces}
            mono={field.kind === 'json'}
            fault={faults[at]}
            onText={next => onChange({ ...edits, texts: { ...edits.texts, [at]: next + rest } })}
          />
        </div>
        {left && <p className="meta">{left}</p>}
        {faults[at] && <p className="f-error">{faults[at]}</p>}
      </div>
    </section>
  )
}

interface PlacedProps extends EditorProps<RequestForm> {
  readonly differ: Differ | undefined
  readonly onText: (path: string, text: string) => void
}

/** A message where it will stand, with what can be done with it. */
function Placed({ id, ...props }: PlacedProps & { readonly id: number }) {
  const { form, edits, onChange } = props
  const message = form.messages[id]
  const added = edits.added.find(message => message.id === id)
  const label = message?.label ?? `added ${added?.role}`
  const place = useRef<HTMLDivElement>(null)
  const wanted = useRef<string | undefined>(added?.text === '' ? 'textarea' : undefined)
  const isGone = edits.gone.includes(id)
  // What was pressed may be somewhere else now, or gone: the focus stays with the message.
  useLayoutEffect(() => {
    if (wanted.current === undefined) return
    place.current?.querySelector<HTMLElement>(wanted.current)?.focus()
    wanted.current = undefined
  })
  const change = (next: Edits | undefined, focus: string): void => {
    if (!next) return
    wanted.current = focus
    onChange(next)
  }
  const [up, down] = [moved(form, edits, id, -1), moved(form, edits, id, 1)]
  const deeds = (
    <div className="deeds">
      <Deed icon="up" label={`Move up: ${label}`} disabled={!up} onClick={() => change(up, deed(1))} />
      <Deed icon="down" label={`Move down: ${label}`} disabled={!down} onClick={() => change(down, deed(2))} />
      <Deed
        icon="plus"
        label={`Add a message before: ${label}`}
        onClick={() => onChange(withMessage(form, edits, id))}
      />
      <Deed
        icon="close"
        label={added ? `Take out again: ${label}` : `Leave out: ${label}`}
        onClick={() => {
          if (added) place.current?.closest('section')?.querySelector<HTMLElement>('.add')?.focus()
          change(withoutMessage(form, edits, id), '.quiet')
        }}
      />
    </div>
  )
  if (isGone) {
    return (
      <div className="placed folded gone" ref={place}>
        <s className="clip">{label}</s>
        <span className="chip edited">left out</span>
        <button
          type="button"
          className="quiet right"
          aria-label={`Put back: ${label}`}
          onClick={() => change({ ...edits, gone: edits.gone.filter(at => at !== id) }, deed(4))}
        >
          Put back
        </button>
      </div>
    )
  }
  if (message) {
    return (
      <div className="placed" ref={place}>
        <Message message={message} {...props} deeds={deeds} />
      </div>
    )
  }
  const put = (more: object): void =>
    onChange({ ...edits, added: edits.added.map(each => (each.id === id ? { ...each, ...more } : each)) })
  return (
    <div className="placed message" ref={place}>
      <h3>
        <select
          aria-label="Role of the added message"
          value={added?.role}
          onChange={event => put({ role: event.target.value })}
        >
          <option>user</option>
          <option>assistant</option>
          <option>system</option>
        </select>
        <span className="chip edited">added</span>
        {deeds}
      </h3>
      <div className="pair">
        <div className="was absent muted">not in the run</div>
        <Editable
          label={`Added ${added?.role} message`}
          text={added?.text ?? ''}
          pieces={undefined}
          mono={false}
          onText={text => put({ text })}
        />
      </div>
    </div>
  )
}

/** The button of a message by its place among those of its kind. */
const deed = (place: number): string => `.deeds > :nth-child(${place})`

function Deed(props: {
  readonly icon: IconName
  readonly label: string
  readonly disabled?: boolean
  readonly onClick: () => void
}) {
  const { icon, label, disabled = false, onClick } = props
  return (
    <button
      type="button"
      className="icon"
      aria-label={label}
      title={label.replace(/:.*/, '')}
      aria-disabled={disabled}
      onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  )
}

function Message(props: PlacedProps & { readonly message: MessageForm; readonly deeds: ReactNode }) {
  const { message, form, edits, differ, deeds, onText } = props
  const { fields, label, role, others, characters } = message
  const isEdited = fields.some(({ path, before }) => (edits.texts[path] ?? before) !== before)
  const isMoved = orderOf(form, edits).filter(id => id >= 0)[message.index] !== message.index
  const [open, setOpen] = useState(!message.folded || isEdited)
  const marks = (
    <>
      {isEdited && <span className="chip edited">edited</span>}
      {isMoved && <span className="chip edited">moved</span>}
    </>
  )
  if (!open) {
    return (
      <div className="folded">
        <button type="button" className="unfold" aria-expanded={false} onClick={() => setOpen(true)}>
          <Icon name="right" />
          <span className="clip">
            {label}, {isEdited ? 'edited' : 'unchanged'}
          </span>
          {isMoved && marks}
          <span className="mono right">≈ {count(Math.round(characters / charactersPerToken))} tok</span>
        </button>
        {deeds}
      </div>
    )
  }
  const heading = (
    <>
      {role === 'tool' && <Glyph name="tool" />}
      <span className="clip" title={label}>
        {label}
      </span>
    </>
  )
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
        {marks}
        {others.length > 0 && (
          <span className="muted clip" title={others.join(', ')}>
            {others.join(', ')} stays as it is
          </span>
        )}
        {deeds}
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
  const { field, label, differ, mono, onText } = props
  const { before, text, rest, left } = headOf(field.before, props.text)
  const pieces = useWords(differ, before, text)
  return (
    <>
      <div className="pair">
        <Was text={before} pieces={pieces} mono={mono} />
        <Editable label={label} text={text} pieces={pieces} mono={mono} onText={next => onText(next + rest)} />
      </div>
      {left && <p className="meta">{left}</p>}
    </>
  )
}

/** Of a longer text only the beginning is laid out; what comes after it stays as it is. */
const maxTyped = 60_000

/** The beginning of a long text with what changes it, and how much stands after it. */
function headOf(before: string, text: string): { before: string; text: string; rest: string; left: string } {
  const rest = before.length > maxTyped ? before.slice(maxTyped) : ''
  const left =
    rest && `The first ${grouped(maxTyped)} of ${grouped(before.length)} characters: the others stay as they are.`
  return { before: before.slice(0, maxTyped), text: text.slice(0, text.length - rest.length), rest, left }
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
