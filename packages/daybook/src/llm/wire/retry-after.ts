/** How long a provider asks to wait. */

/**
 * Milliseconds to wait, of `retry-after-ms` or else `retry-after`: decimal seconds, or a date of the one form that HTTP
 * knows. Undefined for what is absent, zero, past or malformed: the caller's own delay is better than a guess.
 */
export function retryAfter(headers: Headers | undefined): number | undefined {
  const ms = decimal(headers?.get('retry-after-ms'))
  if (ms) return ms
  const value = headers?.get('retry-after')
  const wait = value && httpDate.test(value) ? Date.parse(value) - Date.now() : 1000 * (decimal(value) ?? 0)
  return wait > 0 && wait < Infinity ? wait : undefined
}

const httpDate = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/

function decimal(value: string | null | undefined): number | undefined {
  const number = value && /^\d+(?:\.\d+)?$/.test(value) ? Number(value) : 0
  return number > 0 && number < Infinity ? number : undefined
}
