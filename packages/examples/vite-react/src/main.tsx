import { createDaybook } from 'daybook'
import { simulatedFetch } from 'daybook/testing'
import { Devtools } from 'daybook-devtools/react'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Chat } from './chat'
import './styles.css'

// With a key the dev server answers at this path (see vite.config.ts); without one, the simulated provider.
const proxy: string | undefined = import.meta.env.VITE_LLM_PROXY
const daybook = createDaybook({
  model: 'openai/gpt-5-mini',
  ...(proxy ? { proxy } : { fetch: simulatedFetch() })
})
const agent = daybook.agent({ system: 'You answer in a few short paragraphs.' }).open('chat 1')

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <Chat agent={agent} />
    <Devtools source={daybook} mode="docked" />
  </StrictMode>
)
