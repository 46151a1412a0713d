/** What the kits take as options. */
import type { JsonObject } from 'daybook'
import { ConfigurationError } from 'daybook/errors'

/** The model that a kit asks: always the caller's choice. */
export function modelOf(kit: string, { model }: JsonObject): string {
  if (typeof model === 'string' && model !== '') return model
  throw new ConfigurationError(`The ${kit} kit asks a model and names none: pass { model } in its options.`)
}

/** How long an answer may be, in tokens. */
export function maxTokensOf({ max_tokens }: JsonObject): number {
  return typeof max_tokens === 'number' && max_tokens > 0 ? max_tokens : 1024
}
