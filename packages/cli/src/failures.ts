/** What went wrong, in one line of at most 200 characters: what failed, what to do, where the ledger is. */
import { providers } from 'daybook'
import { asDaybookError, masked } from 'daybook/errors'
import type { Env } from './env-file.js'
import { oneLine } from './print/format.js'

const limit = 200

/** The names of the variables that hold keys, in the order in which a provider is chosen. */
export const keyNames: readonly string[] = [providers.openrouter, providers.anthropic, providers.openai].flatMap(
  ({ env }) => env
)

/** Those of every provider: a kit may have brought its own. */
const allKeyNames = Object.values(providers).flatMap(({ env }) => env)

/** The line for what was thrown. `ledger`: where the events before the failure are, if there are any. */
export function failureLine(thrown: unknown, ledger?: string): string {
  const { message, hint } = asDaybookError(thrown)
  return problemLine(hint === undefined || message.includes(hint) ? message : `${sentence(message)} ${hint}`, ledger)
}

export function problemLine(problem: string, ledger?: string): string {
  const where = ledger === undefined ? '' : ` Ledger: ${oneLine(ledger, 90)}`
  const start = 'daybook: '
  return (
    start + oneLine(ledger === undefined ? problem : sentence(problem), limit - start.length - where.length) + where
  )
}

function sentence(text: string): string {
  const trimmed = text.trim()
  return /[.!?…]$/.test(trimmed) ? trimmed : `${trimmed}.`
}

/** The stack with the stacks of the causes, for `--verbose`. */
export function stackOf(thrown: unknown): string {
  const stacks: string[] = []
  // Bounded: a chain of causes may be long, or close on itself.
  for (let error = thrown; error instanceof Error && stacks.length < 8; error = error.cause) {
    stacks.push(error.stack ?? String(error))
  }
  return masked(stacks.join('\ncaused by '))
}

/** The text without the values of keys, whatever shape they have. */
export function withoutKeys(text: string, env: Env): string {
  let safe = text
  for (const name of allKeyNames) {
    const value = env[name]
    if (value !== undefined && value.length >= 6) safe = safe.replaceAll(value, '•••')
  }
  return safe
}
