import { newId } from '../../host.js'
import type { Exchange } from './exchange.js'
import { inPage } from './in-page.js'

/** OpenAI answers one key once. Not in a page, where a header that the provider does not expect fails the call. */
export function idempotency({ peer, options }: Exchange): Record<string, string> {
  if (peer.provider !== 'openai' || inPage) return {}
  return { 'idempotency-key': options.idempotencyKey ?? `${newId()}${newId()}` }
}
