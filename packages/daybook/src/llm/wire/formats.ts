/** The wire formats, each loaded when it is first spoken. */
import type { Api } from '../llm.js'
import type { Wire } from './wire.js'

export interface Format {
  readonly api: Api
  load(): Promise<Wire>
}

export const chat: Format = { api: 'chat', load: async () => (await import('./chat.js')).chat }
export const messages: Format = { api: 'messages', load: async () => (await import('./messages.js')).messages }
export const responses: Format = { api: 'responses', load: async () => (await import('./responses.js')).responses }
