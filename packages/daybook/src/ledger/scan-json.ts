/** What JSON.parse does not say about a text: how deep it goes, and whether a key stands twice in one object. */
import { ImportLimitError } from '../errors.js'

/**
 * The first key that an object of this text has twice; JSON.parse would keep the last and say nothing. Takes any
 * text: what is no JSON is JSON.parse's to refuse.
 * @throws ImportLimitError for deeper nesting, before anything is built from it.
 */
export function repeatedKey(text: string, maxDepth: number): string | undefined {
  const open: (Set<string> | undefined)[] = []
  let repeated: string | undefined
  let key = false // whether a string here is a key

  for (let index = 0; index < text.length; index++) {
    switch (text[index]) {
      case '{':
      case '[':
        if (open.length >= maxDepth) throw tooDeep(maxDepth)
        key = text[index] === '{'
        open.push(key ? new Set() : undefined)
        break
      case '}':
      case ']':
        open.pop()
        key = false
        break
      case ',':
        key = open.at(-1) !== undefined
        break
      case '"': {
        const end = endOfString(text, index)
        if (key) {
          const name = unescaped(text.slice(index, end + 1))
          const keys = open.at(-1)
          if (keys?.has(name)) repeated ??= name
          keys?.add(name)
          key = false
        }
        index = end
      }
    }
  }
  return repeated
}

/** @throws ImportLimitError for deeper nesting. Costs nothing for a text too short to be so deep. */
export function checkDepth(text: string, maxDepth: number): void {
  if (text.length > 2 * maxDepth) repeatedKey(text, maxDepth)
}

function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1)
  while (end !== -1 && escaped(text, end)) end = text.indexOf('"', end + 1)
  return end === -1 ? text.length : end
}

function escaped(text: string, index: number): boolean {
  let backslashes = 0
  while (text[index - 1 - backslashes] === '\\') backslashes++
  return backslashes % 2 === 1
}

function unescaped(quoted: string): string {
  if (!quoted.includes('\\')) return quoted.slice(1, -1)
  try {
    return JSON.parse(quoted) as string
  } catch {
    return quoted
  }
}

function tooDeep(maxDepth: number): Error {
  return new ImportLimitError(`The JSON is nested more than ${maxDepth} levels deep.`, { data: { limit: maxDepth } })
}
