/** Lines of a text or of a stream of bytes, within limits: what comes from outside may have no end. */
import { ImportLimitError } from '../errors.js'

/** A whole text, or pieces of one as a file or a response gives them. */
export type TextSource = string | AsyncIterable<Uint8Array | string>

export interface LineLimits {
  /** In bytes, or in characters where the source is text. */
  readonly maxLine: number
  readonly maxTotal: number
}

/** Each line without its line end (`\n` or `\r\n`) and without the byte order mark. Empty lines are there too. */
export async function* linesOf(source: TextSource, { maxLine, maxTotal }: LineLimits): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  let total = 0
  let rest = ''
  let first = true

  function line(text: string): string {
    const start = first && text.startsWith('\ufeff') ? 1 : 0
    first = false
    return text.slice(start, text.endsWith('\r') ? -1 : undefined)
  }

  for await (const piece of typeof source === 'string' ? pieces(source) : source) {
    total += piece.length
    if (total > maxTotal) throw tooLarge('The whole', maxTotal)
    const text = typeof piece === 'string' ? piece : decoder.decode(piece, { stream: true })
    let start = 0
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
      if (rest.length + end - start > maxLine) throw tooLarge('A line', maxLine)
      yield line(rest + text.slice(start, end))
      rest = ''
      start = end + 1
    }
    rest += text.slice(start)
    if (rest.length > maxLine) throw tooLarge('A line', maxLine)
  }
  rest += decoder.decode()
  if (rest !== '') yield line(rest)
}

function* pieces(text: string): Generator<string> {
  yield text
}

export function tooLarge(what: string, limit: number): Error {
  return new ImportLimitError(`${what} is larger than the limit of ${limit.toLocaleString('en-US')} bytes.`, {
    data: { limit }
  })
}
