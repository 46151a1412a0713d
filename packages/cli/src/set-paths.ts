/** Whether a path that `--set` names is meant: what is new by mistake would change nothing that anybody looks at. */
import type { LedgerEvent } from 'daybook'
import { InputError } from 'daybook/errors'
import { oneLine } from './print/format.js'

/** What a request may say, in the words that every provider is spoken to in. */
const parameters: readonly string[] = (
  'model messages max_tokens max_completion_tokens temperature top_p top_k stop seed n tools tool_choice ' +
  'parallel_tool_calls response_format reasoning reasoning_effort thinking verbosity stream stream_options user ' +
  'frequency_penalty presence_penalty logit_bias logprobs top_logprobs modalities audio prediction store ' +
  'service_tier safety_identifier prompt_cache_key prompt_cache_retention web_search_options'
).split(' ')
const ofMessage = ['role', 'content', 'name', 'tool_calls', 'tool_call_id']

/**
 * A dotted path leads to what is there, or names a known parameter of a request. What a provider or a kit has of its
 * own is named as a JSON pointer: `/top_a=0.5`.
 * @throws InputError with the name that is nearest.
 */
export function checkPath(event: LedgerEvent, path: string): void {
  if (path.startsWith('/')) return
  const names = path.split('.')
  let holder: unknown = event.data
  for (const [index, name] of names.entries()) {
    if (typeof holder !== 'object' || holder === null) return // leads nowhere: whoever changes the data says so
    if (Object.hasOwn(holder, name)) {
      holder = (holder as Record<string, unknown>)[name]
      continue
    }
    if (Array.isArray(holder)) return
    const request = event.type === 'llm.request'
    const known =
      request && index === 0 ? parameters : request && index === 2 && names[0] === 'messages' ? ofMessage : []
    if (known.includes(name)) return
    throw misspelt(event, path, names.slice(0, index), name, [...Object.keys(holder), ...known])
  }
}

/**
 * What is left out must be there, however it is written.
 * @throws InputError with the name that is nearest.
 */
export function checkRemoved({ type, data }: LedgerEvent, path: string): void {
  const names = path.startsWith('/')
    ? path
        .slice(1)
        .split('/')
        .map(name => name.replaceAll('~1', '/').replaceAll('~0', '~'))
    : path.split('.')
  let holder: unknown = data
  for (const [index, name] of names.entries()) {
    if (typeof holder !== 'object' || holder === null) return // leads nowhere: whoever changes the data says so
    if (!Object.hasOwn(holder, name)) {
      if (Array.isArray(holder)) return
      const meant = didYouMean(names.slice(0, index), name, Object.keys(holder))
      throw new InputError(`There is no ${oneLine(path, 40)} in this ${type} to leave out.${meant}`)
    }
    holder = (holder as Record<string, unknown>)[name]
  }
}

function didYouMean(before: readonly string[], name: string, known: readonly string[]): string {
  const nearest = nearestOf(name, known)
  return nearest === undefined ? '' : ` Did you mean ${[...before, nearest].join('.')}?`
}

function misspelt(
  { type }: LedgerEvent,
  path: string,
  before: readonly string[],
  name: string,
  known: readonly string[]
): Error {
  const meant = didYouMean(before, name, known)
  const pointer = `/${path.split('.').join('/')}`
  return new InputError(
    `There is no ${oneLine(path, 40)} in this ${type}.${meant} To add it, write it as ${oneLine(pointer, 40)}=….`
  )
}

/** The name that is fewest letters away, as long as two thirds of it stay. */
export function nearestOf(name: string, known: readonly string[]): string | undefined {
  if (name.length > 100) return undefined
  let best: string | undefined
  let least = Number.POSITIVE_INFINITY
  for (const one of new Set(known)) {
    const steps = distance(name.toLowerCase(), one.toLowerCase())
    if (steps < least && steps <= Math.max(name.length, one.length) / 3) {
      best = one
      least = steps
    }
  }
  return best
}

/** How many letters are added, left out, changed, or change places with the next. */
function distance(a: string, b: string): number {
  let before: number[] = []
  let row = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let steps = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        steps = Math.min(steps, (before[j - 2] ?? 0) + 1)
      }
      next.push(steps)
    }
    before = row
    row = next
  }
  return row[b.length] ?? 0
}
