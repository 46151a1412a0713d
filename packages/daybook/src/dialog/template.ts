/** Templates: texts with names in braces. Nothing in them is ever evaluated. */
import { InputError, shown } from '../errors.js'

export interface Template {
  /** The names in it, each once, in order: `a` for `{a.b}` and `{a[0]}`. */
  readonly variables: readonly string[]
  /** @throws InputError that names every value that is missing. */
  render(args: Readonly<Record<string, unknown>>): string
}

interface Hole {
  /** As it is written: `a.b[0]`. */
  readonly text: string
  readonly steps: readonly string[]
}

/** Doubled braces; a path in braces; a brace that is neither. */
const tokens = /\{\{|\}\}|\{([A-Za-z_$][\w$]*(?:\.[\w$]+|\[[^\][{}]+\])*)\}|[{}]/g

/** @throws InputError for a brace that is neither doubled nor around a name. */
export function templateOf(template: string): Template {
  if (typeof template !== 'string') throw new InputError(`A template must be a text, and this is ${shown(template)}.`)
  const parts: (string | Hole)[] = []
  const variables = new Set<string>()
  let end = 0
  for (const match of template.matchAll(tokens)) {
    const [token, path] = match
    parts.push(template.slice(end, match.index))
    end = match.index + token.length
    if (path !== undefined) {
      const steps = path.split(/[.[]/).map(step => step.replace(/\]$/, ''))
      variables.add(steps[0] as string)
      parts.push({ text: path, steps })
    } else if (token.length === 2) {
      parts.push(token[0] as string)
    } else {
      const near = shown(template.slice(match.index, match.index + 24))
      throw new InputError(
        `The template has a ${token} that is not around a name, at ${match.index}: ${near}. Write ${token}${token} for a literal one.`
      )
    }
  }
  parts.push(template.slice(end))
  return {
    variables: [...variables],
    render(args) {
      const missing = new Set<string>()
      const rendered = parts.map(part => {
        if (typeof part === 'string') return part
        const value = valueAt(args, part.steps)
        if (value !== undefined) return textOf(value, part.text)
        missing.add(part.text)
        return ''
      })
      if (missing.size > 0) throw new InputError(`The template misses values for ${[...missing].join(', ')}.`)
      return rendered.join('')
    }
  }
}

/** Own members alone, so that `constructor` and `__proto__` lead nowhere. */
function valueAt(args: unknown, steps: readonly string[]): unknown {
  let at = args
  for (const step of steps) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step) || step === '__proto__') return undefined
    at = (at as Record<string, unknown>)[step]
  }
  return at
}

function textOf(value: unknown, name: string): string {
  if (typeof value === 'string') return value
  if (typeof value !== 'object' && typeof value !== 'function') return String(value)
  try {
    const text = JSON.stringify(value)
    // A date and the like are texts in JSON, and here without the quotes.
    if (text !== undefined) return text.startsWith('"') ? JSON.parse(text) : text
  } catch (cause) {
    throw new InputError(`The value of ${name} cannot be written as a text: ${shown(String(cause))}`, { cause })
  }
  throw new InputError(`The value of ${name} is ${shown(value)}, which is no text.`)
}
