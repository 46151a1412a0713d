/** Takes out of events what must not be in a file that is committed: keys, wherever they stand. */
import { masked } from '../../errors.js'
import type { LedgerEvent } from '../../ledger/event.js'
import type { Redact } from '../../ledger/redacted.js'

/**
 * What is a secret whatever it looks like: values of the environment by their name, and those given. Short ones are
 * words like `none` and `test`, which stand for a key where none is needed.
 */
function known(secrets: readonly string[]): readonly string[] {
  const own = Object.entries(process.env).map(([name, value = '']) =>
    /(?:KEY|TOKEN|SECRET|PASSWORD)$/i.test(name) ? value : ''
  )
  return [...own, ...secrets].filter(({ length }) => length >= 16)
}

/** @param secrets Exact texts to take out, beside all that has the shape of a key. */
function scrubText(text: string, secrets: readonly string[]): string {
  let left = text
  for (const secret of secrets) left = left.replaceAll(secret, '•••')
  // In prose, what stands behind these words is rarely a key: basic questions stay questions.
  return left
    .split(/(\b(?:bearer|basic)\s+)/i)
    .map((piece, index) => {
      if (index % 2 === 1) return piece
      return masked(index === 0 ? piece : piece.replace(/^[^\s"',;]{16,}/, token => (isToken(token) ? '•••' : token)))
    })
    .join('')
}

const isToken = (word: string): boolean => /\d|[a-z][A-Z]|=$/.test(word)

/** Plain JSON with every text in it scrubbed; the same object where there was nothing to take out. */
function scrubJson<T>(value: T, secrets: readonly string[]): T {
  if (typeof value === 'string') return scrubText(value, secrets) as T
  if (typeof value !== 'object' || value === null) return value
  let changed = false
  const entries = Object.entries(value).map(([key, member]): [string, unknown] => {
    const scrubbed = scrubJson(member as unknown, secrets)
    changed ||= scrubbed !== member
    return [key, scrubbed]
  })
  if (!changed) return value
  return (Array.isArray(value) ? entries.map(([, member]) => member) : Object.fromEntries(entries)) as T
}

/** Keys first, then what the program takes out. */
export function scrubber(
  redact: Redact = event => event
): (event: LedgerEvent, secrets?: readonly string[]) => LedgerEvent {
  return (event, secrets = []) => redact({ ...event, data: scrubJson(event.data, known(secrets)) })
}

/**
 * The text of an answer as it came over the wire, JSON or a stream of events, with its keys taken out; the very text
 * where there are none.
 */
export function scrubBody(text: string, secrets: readonly string[]): string {
  const all = known(secrets)
  if (scrubText(text, all) === text) return text
  return text
    .split('\n')
    .map(line => {
      const [, lead = '', body = ''] = /^(data: ?)?(.*)$/s.exec(line) ?? []
      return lead + scrubbedLine(body, all)
    })
    .join('\n')
}

function scrubbedLine(text: string, secrets: readonly string[]): string {
  try {
    const read: unknown = JSON.parse(text)
    const scrubbed = scrubJson(read, secrets)
    return scrubbed === read ? text : JSON.stringify(scrubbed)
  } catch {
    return scrubText(text, secrets)
  }
}
