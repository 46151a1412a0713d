/** *Try it here*: a kit, run inside the page, on simulated answers or with the person's own key. */
import { type FormEvent, useEffect, useId, useRef, useState } from 'react'
import type { TryIt, TryProvider } from '../state/try-it.js'
import { Icon } from './glyph.js'

const kits = [
  {
    name: 'research',
    about: 'three questions at once, then one synthesis',
    goal: 'Should a town of 100,000 replace its diesel buses by 2030?'
  },
  { name: 'diligence', about: 'claims about a company, and what supports them', goal: 'Northwind Battery AB' }
] as const

const providers: readonly { name: TryProvider; label: string; about: string }[] = [
  { name: 'simulated', label: 'Simulated', about: 'no key, no network; answers are made up, costs are estimates' },
  { name: 'openrouter', label: 'OpenRouter', about: 'your key, sent to openrouter.ai only' },
  { name: 'anthropic', label: 'Anthropic', about: 'your key, sent to api.anthropic.com only' },
  { name: 'openai', label: 'OpenAI', about: 'your key, sent to api.openai.com only' }
]

export function TryItSheet({ tryIt, onClose }: { readonly tryIt: TryIt; readonly onClose: () => void }) {
  const [kit, setKit] = useState<(typeof kits)[number]['name']>('research')
  const [goal, setGoal] = useState<string>(kits[0].goal)
  const [provider, setProvider] = useState<TryProvider>('simulated')
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string | undefined>(undefined)
  // The key lives in the field alone: it is read once, at the start of a run, and kept nowhere.
  const key = useRef<HTMLInputElement>(null)
  const first = useRef<HTMLTextAreaElement>(null)
  const id = useId()

  useEffect(() => first.current?.focus(), [])

  const run = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    const secret = key.current?.value.trim() ?? ''
    if (goal.trim() === '') return setProblem('The goal is empty: write what the run should find out.')
    if (provider !== 'simulated' && secret === '') return setProblem('Paste a key, or take the simulated provider.')
    setBusy(true)
    setProblem(undefined)
    try {
      await tryIt.run({ kit, goal: goal.trim(), provider, ...(provider === 'simulated' ? {} : { key: secret }) })
      onClose()
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error))
      setBusy(false)
    }
  }

  return (
    <aside className="inspector sheet" aria-label="Try it here">
      <div className="head">
        <div className="name">
          <span>Try it here</span>
          <button type="button" className="icon right" aria-label="Close" onClick={onClose}>
            <Icon name="close" />
          </button>
        </div>
        <p className="muted">Runs a kit inside this page. Its ledger and cache stay in this browser.</p>
      </div>
      <form
        className="scroll"
        onSubmit={event => void run(event)}
        onKeyDown={event => {
          if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || busy) return
          event.preventDefault()
          event.currentTarget.requestSubmit()
        }}
      >
        <div className="form">
          <fieldset className="field" style={{ border: 0, margin: 0, padding: 0 }}>
            <span id={`${id}-kit`}>Kit</span>
            <div className="choices" role="radiogroup" aria-labelledby={`${id}-kit`}>
              {kits.map(item => (
                <label key={item.name}>
                  <input
                    type="radio"
                    name={`${id}-kit`}
                    value={item.name}
                    checked={kit === item.name}
                    onChange={() => {
                      if (kits.some(known => known.goal === goal)) setGoal(item.goal)
                      setKit(item.name)
                    }}
                  />
                  <span>{item.name}</span>
                  <span className="meta">{item.about}</span>
                </label>
              ))}
            </div>
          </fieldset>
          <div className="field">
            <label htmlFor={`${id}-goal`}>Goal</label>
            <textarea
              id={`${id}-goal`}
              ref={first}
              value={goal}
              maxLength={2000}
              onChange={event => setGoal(event.target.value)}
            />
          </div>
          <fieldset className="field" style={{ border: 0, margin: 0, padding: 0 }}>
            <span id={`${id}-provider`}>Provider</span>
            <div className="choices" role="radiogroup" aria-labelledby={`${id}-provider`}>
              {providers.map(item => (
                <label key={item.name}>
                  <input
                    type="radio"
                    name={`${id}-provider`}
                    value={item.name}
                    checked={provider === item.name}
                    onChange={() => setProvider(item.name)}
                  />
                  <span>{item.label}</span>
                  <span className="meta">{item.about}</span>
                </label>
              ))}
            </div>
          </fieldset>
          {provider !== 'simulated' && (
            <div className="field">
              <label htmlFor={`${id}-key`}>Key</label>
              <input
                id={`${id}-key`}
                key={provider}
                ref={key}
                type="password"
                autoComplete="off"
                spellCheck={false}
                placeholder="pasted for this run, never stored"
              />
            </div>
          )}
          {problem && (
            <p className="f-error" role="alert">
              {problem}
            </p>
          )}
          <div className="actions" style={{ marginTop: 0 }}>
            <button type="submit" className="button large primary" disabled={busy}>
              {busy ? 'Starting…' : 'Run'}
            </button>
            <button type="button" className="button large" onClick={onClose}>
              Cancel
            </button>
          </div>
        </div>
      </form>
    </aside>
  )
}
