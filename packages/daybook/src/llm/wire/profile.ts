/** What one provider takes, and how it wants it: the part of its row in the table that a wire format reads. */
import type { Message } from '../llm.js'

/** Where a provider differs from the wire format that it speaks. Data: see `provider-table.ts`. */
export interface Quirks {
  /** The role of a developer's message: `system` unless said otherwise. */
  readonly systemRole?: 'system' | 'developer'
  /** The name of the limit on the answer: `max_tokens` unless said otherwise. */
  readonly maxTokens?: 'max_tokens' | 'max_completion_tokens'
  /** False where `stream_options` is refused; the usage comes by itself there. */
  readonly streamUsage?: boolean
  /**
   * How an answer by a JSON schema is asked for. `strict`: a schema with all properties required, which is adjusted to
   * it; `schema`, and where nothing is said: the schema as it is; `json`: any JSON, the schema is told in words; `none`:
   * in words alone.
   */
  readonly schema?: 'strict' | 'schema' | 'json' | 'none'
  /**
   * What it reads beside text: images where nothing is said. Another kind is refused before the request. What an API or
   * a model reads in any case is not repeated here: see `media.ts`.
   */
  readonly media?: readonly ('image' | 'pdf' | 'audio')[]
  /** The roles whose messages may have a name: all where nothing is said. Elsewhere it is left out. */
  readonly names?: readonly Message['role'][]
  /** A model that thought before it called a tool must get its `reasoning_content` back, or the next request is refused. */
  readonly reasoningBack?: boolean
}

export interface Profile extends Quirks {
  readonly provider: string
}
