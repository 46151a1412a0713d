/** Lines of a text or of a stream of bytes, within limits: what comes from outside may have no end. */
import { ImportLimitError } from '../errors.js'
import { foreignKind, wideEncoding } from './file-kind.js'

/** A whole text, or pieces of one as a file or a response gives them. */
export type TextSource = string | AsyncIterable<Uint8Array | string>

export interface LineLimits {
  /** In bytes, or in characters where the source is text. */
  readonly maxLine: number
  readonly maxTotal: number
  /** What is odd about the bytes, told before the line that it is about; nothing comes after `foreign`. */
  readonly odd?: (what: OddBytes) => void
}

export type OddBytes =
  | { readonly what: 'foreign'; readonly kind: string }
  | { readonly what: 'wide'; readonly encoding: string }
  /** The next line has bytes that are no UTF-8: each stands as U+FFFD. */
  | { readonly what: 'unreadable' }

const lineFeed = 10

/** Each line without its line end (`\n` or `\r\n`) and without the byte order mark. Empty lines are there too. */
export async function* linesOf(source: TextSource, limits: LineLimits): AsyncGenerator<string> {
  const { maxLine, maxTotal, odd } = limits
  const text = textLines(maxLine)
  const bytes = byteLines(maxLine, odd)
  let wide: TextDecoder | undefined
  let head: Uint8Array | undefined = new Uint8Array()
  let total = 0
  let first = true

  function trimmed(line: string): string {
    const start = first && line.startsWith('\ufeff') ? 1 : 0
    first = false
    return line.slice(start, line.endsWith('\r') ? -1 : undefined)
  }

  /** False where the bytes are of something else than text. */
  function begin(start: Uint8Array): boolean {
    head = undefined
    const kind = foreignKind(start)
    if (kind) odd?.({ what: 'foreign', kind })
    const encoding = wideEncoding(start)
    if (encoding) odd?.({ what: 'wide', encoding })
    wide = encoding && new TextDecoder(encoding, { ignoreBOM: true })
    return kind === undefined
  }

  function lines(piece: Uint8Array | string): Iterable<string> {
    if (typeof piece === 'string') return text.add(piece)
    return wide ? text.add(wide.decode(piece, { stream: true })) : bytes.add(piece)
  }

  for await (let piece of typeof source === 'string' ? pieces(source) : source) {
    total += piece.length
    if (total > maxTotal) throw tooLarge('The whole', maxTotal)
    if (typeof piece !== 'string' && head) {
      piece = joined([head, piece])
      if (piece.length < 4) {
        head = piece
        continue
      }
      if (!begin(piece)) return
    }
    for (const line of lines(piece)) yield trimmed(line)
  }
  const few = head?.length ? head : undefined
  if (few) {
    if (!begin(few)) return
    for (const line of lines(few)) yield trimmed(line)
  }
  if (wide) for (const line of text.add(wide.decode())) yield trimmed(line)
  for (const line of [...bytes.end(), ...text.end()]) yield trimmed(line)
}

interface Lines<Piece> {
  /** The lines that end in this piece. */
  add(piece: Piece): Iterable<string>
  end(): Iterable<string>
}

function textLines(maxLine: number): Lines<string> {
  let rest = ''
  return {
    *add(text) {
      let start = 0
      for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
        if (rest.length + end - start > maxLine) throw tooLarge('A line', maxLine)
        yield rest + text.slice(start, end)
        rest = ''
        start = end + 1
      }
      rest += text.slice(start)
      if (rest.length > maxLine) throw tooLarge('A line', maxLine)
    },
    end: () => (rest === '' ? [] : [rest])
  }
}

/** Lines are found in the bytes and read as whole lines, many at once as long as they are honest UTF-8. */
function byteLines(maxLine: number, odd: LineLimits['odd']): Lines<Uint8Array> {
  const strict = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true })
  const lenient = new TextDecoder('utf-8', { ignoreBOM: true })
  let held: Uint8Array[] = []
  let size = 0

  function hold(bytes: Uint8Array): void {
    // A copy: a stream may use its buffer again.
    if (bytes.length > 0) held.push(bytes.slice())
    size += bytes.length
    if (size > maxLine) throw tooLarge('A line', maxLine)
  }

  function take(): Uint8Array {
    const all = joined(held)
    held = []
    size = 0
    return all
  }

  function* read(block: Uint8Array): Generator<string> {
    const whole = decoded(block)
    if (whole !== undefined) {
      for (const line of whole.split('\n')) {
        if (line.length > maxLine) throw tooLarge('A line', maxLine)
        yield line
      }
      return
    }
    for (let start = 0; start <= block.length; ) {
      const found = block.indexOf(lineFeed, start)
      const end = found === -1 ? block.length : found
      const bytes = block.subarray(start, end)
      if (bytes.length > maxLine) throw tooLarge('A line', maxLine)
      const line = decoded(bytes)
      if (line === undefined) odd?.({ what: 'unreadable' })
      yield line ?? lenient.decode(bytes)
      start = end + 1
    }
  }

  function decoded(bytes: Uint8Array): string | undefined {
    try {
      return strict.decode(bytes)
    } catch {
      return undefined
    }
  }

  return {
    *add(piece) {
      const last = piece.lastIndexOf(lineFeed)
      if (last === -1) return hold(piece)
      const begun = piece.indexOf(lineFeed)
      hold(piece.subarray(0, begun))
      yield* read(take())
      if (begun < last) yield* read(piece.subarray(begun + 1, last))
      hold(piece.subarray(last + 1))
    },
    *end() {
      if (size > 0) yield* read(take())
    }
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0] as Uint8Array
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

function* pieces(text: string): Generator<string> {
  yield text
}

export function tooLarge(what: string, limit: number): Error {
  return new ImportLimitError(`${what} is larger than the limit of ${limit.toLocaleString('en-US')} bytes.`, {
    data: { limit }
  })
}
