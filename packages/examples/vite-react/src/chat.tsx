import type { Agent } from 'daybook'
import { useLayoutEffect, useRef, useState } from 'react'

interface Turn {
  readonly role: 'user' | 'assistant'
  readonly text: string
  /** What it cost, or why it ended early. */
  readonly note?: string
}

const ideas = ['Why is the sky blue?', 'Plan a weekend by train.', 'Explain event sourcing to a baker.']

export function Chat({ agent }: { readonly agent: Agent }) {
  const [turns, setTurns] = useState<readonly Turn[]>([])
  const [running, setRunning] = useState<AbortController>()
  const form = useRef<HTMLFormElement>(null)
  useLayoutEffect(() => {
    if (turns.length > 0) form.current?.scrollIntoView({ block: 'end' })
  }, [turns])

  async function ask(question: string): Promise<void> {
    const stop = new AbortController()
    const said: Turn = { role: 'assistant', text: '' }
    const show = (turn: Partial<Turn>) => setTurns(all => [...all.slice(0, -1), { ...(all.at(-1) ?? said), ...turn }])
    setRunning(stop)
    setTurns(all => [...all, { role: 'user', text: question }, said])
    try {
      const answer = agent.receive(question).respond({ signal: stop.signal })
      let text = ''
      for await (const delta of answer) {
        if (delta.type !== 'text.delta') continue
        text += delta.text
        show({ text })
      }
      const { cost } = await answer
      show({ note: cost.costUsd === null ? 'cost unknown' : `$${cost.costUsd.toFixed(5)}` })
    } catch (error) {
      show({ note: stop.signal.aborted ? 'stopped' : (error as Error).message })
    } finally {
      setRunning(undefined)
    }
  }

  function startAnew(): void {
    agent.open(`chat ${agent.dialogs.size + 1}`)
    setTurns([])
  }

  return (
    <main>
      <header>
        <h1>Chat</h1>
        <button type="button" onClick={startAnew} disabled={turns.length === 0 || running !== undefined}>
          New chat
        </button>
      </header>
      {turns.length === 0 && (
        <section className="ideas">
          <p>Ask something.{import.meta.env.DEV && ' The panel below shows what happens.'}</p>
          {ideas.map(idea => (
            <button type="button" key={idea} onClick={() => void ask(idea)}>
              {idea}
            </button>
          ))}
        </section>
      )}
      <ol aria-label="Conversation" aria-busy={running !== undefined}>
        {turns.map(({ role, text, note }, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: turns are only ever added at the end
          <li key={i} className={role}>
            <p>{text || (note ? '' : '…')}</p>
            {note && <small>{note}</small>}
          </li>
        ))}
      </ol>
      <form
        ref={form}
        onSubmit={event => {
          event.preventDefault()
          const question = String(new FormData(event.currentTarget).get('question')).trim()
          if (!question || running) return
          event.currentTarget.reset()
          void ask(question)
        }}
      >
        <input name="question" aria-label="Question" placeholder="Ask anything" autoComplete="off" />
        {running ? (
          <button type="button" onClick={() => running.abort()}>
            Stop
          </button>
        ) : (
          <button type="submit">Send</button>
        )}
      </form>
    </main>
  )
}
