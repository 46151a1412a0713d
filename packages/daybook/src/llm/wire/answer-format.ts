/** What a model is told, in words, of the form that its answer must have, where its API cannot be told. */
import type { Message } from '../llm.js'
import { record } from './wire.js'

export function inWords(format: unknown): string {
  const { type, json_schema } = record(format)
  const { schema } = record(json_schema)
  return type === 'json_schema' && schema
    ? `Answer with one JSON value that fits this JSON Schema, and with nothing else:\n${JSON.stringify(schema)}`
    : 'Answer with one JSON object, and with nothing else.'
}

/** The messages with more said by the system: in its first message where that is a text, since some take only one. */
export function withSystem(messages: readonly Message[], said: string): readonly Message[] {
  const at = messages.findIndex(
    ({ role, content }) => (role === 'system' || role === 'developer') && typeof content === 'string'
  )
  if (at < 0) return [{ role: 'system', content: said }, ...messages]
  return messages.map((message, index) =>
    index === at ? { ...message, content: `${message.content}\n\n${said}` } : message
  )
}
