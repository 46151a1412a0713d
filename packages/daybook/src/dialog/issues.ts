/** What is wrong with a value, in lines that a person and a model can read. */

const mostLines = 20

interface Issue {
  readonly message: string
  readonly path?: readonly unknown[] | undefined
  /** What was wrong with each alternative of a union, where the library says it. */
  readonly errors?: unknown
}

/** `at $.items[2].price: expected a number`, at most 20 of them. */
export function lines(issues: readonly Issue[]): string[] {
  const all = issues.flatMap(issue => linesOf(issue, []))
  if (all.length <= mostLines) return all
  return [...all.slice(0, mostLines), `and ${all.length - mostLines} more`]
}

function linesOf({ message, path = [], errors }: Issue, before: readonly unknown[]): string[] {
  const whole = [...before, ...path]
  const line = `at ${pathOf(whole)}: ${message.length > 300 ? `${message.slice(0, 299)}…` : message}`
  if (!Array.isArray(errors) || before.length > 50) return [line]
  const alternatives = errors.flat().filter(error => typeof error?.message === 'string') as Issue[]
  return [line, ...alternatives.slice(0, mostLines).flatMap(issue => linesOf(issue, whole))]
}

/** `$.items[2].price`. A number is a place in a list, a `*` any of them. */
export function pathOf(path: readonly unknown[]): string {
  let text = '$'
  for (const step of path) {
    const key = typeof step === 'object' && step !== null && 'key' in step ? step.key : step
    if (typeof key === 'number' || key === '*') text += `[${key}]`
    else if (/^[A-Za-z_$][\w$]{0,99}$/.test(String(key))) text += `.${String(key)}`
    else text += `[${JSON.stringify(String(key).slice(0, 100))}]`
  }
  return text
}
