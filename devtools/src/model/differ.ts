/** What differs between two values, as the library finds it: fields by their path, texts word by word. */
import type { FieldChange, WordChange } from 'daybook'

export type { FieldChange, WordChange } from 'daybook'

export interface Differ {
  /** Paths are JSON pointers, sorted. */
  fields(before: unknown, after: unknown): readonly FieldChange[]
  words(before: string, after: string): readonly WordChange[]
}

/** Of longer texts only the beginning is compared, so that a view waits for no megabyte. */
export const maxCompared = 60_000

/** Loaded when something is first compared. */
export async function loadDiffer(): Promise<Differ> {
  const { diffFields, diffWords } = await import('../sdk.js')
  return {
    fields: diffFields,
    words: (before, after) => diffWords(before.slice(0, maxCompared), after.slice(0, maxCompared))
  }
}

/** `/messages/4/content` as `messages[4].content`. */
export function pathWords(pointer: string): string {
  let words = ''
  for (const raw of pointer.split('/').slice(1)) {
    const step = raw.replaceAll('~1', '/').replaceAll('~0', '~')
    if (/^\d+$/.test(step)) words += `[${step}]`
    else if (/^[A-Za-z_$][\w$]*$/.test(step)) words += words === '' ? step : `.${step}`
    else words += `[${JSON.stringify(step)}]`
  }
  return words || 'the whole'
}

/**
 * A text diff with its long equal stretches cut to some words around what changed, and at most `max` pieces; `left` is
 * how many more there are.
 */
export function around(
  words: readonly WordChange[],
  room = 80,
  max = 160
): { readonly pieces: readonly WordChange[]; readonly left: number } {
  const pieces = words.slice(0, max).map(({ type, text }, i): WordChange => {
    const first = i === 0
    const last = i === words.length - 1
    if (type !== 'same') return { type, text: text.length > 4000 ? `${text.slice(0, 4000)}…` : text }
    if (text.length <= room * (first || last ? 1 : 2) + 20) return { type, text }
    if (first) return { type, text: `…${text.slice(-room)}` }
    if (last) return { type, text: `${text.slice(0, room)}…` }
    return { type, text: `${text.slice(0, room)} … ${text.slice(-room)}` }
  })
  return { pieces, left: Math.max(0, words.length - max) }
}
