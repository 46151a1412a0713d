/** What must stay with the one whom it was given to. */

/** Whether a header is named like one that holds a key. */
export function isSecret(name: string): boolean {
  return /key|auth|token|secret|cookie/i.test(name)
}

/** What the provider must not be able to echo into a message: the key, and headers that are named like one. */
export function secretsOf(key: string, headers: Readonly<Record<string, string>> = {}): readonly string[] {
  const named = Object.entries(headers).filter(([name]) => isSecret(name))
  return [key, ...named.map(([, value]) => value.replace(/^(?:bearer|basic)\s+/i, ''))].filter(word => word.length > 3)
}
