/** Lines of a text or of a stream of bytes, within limits: what comes from outside may have no end. */
import { ImportLimitError } from '../errors.js'
import { foreignKind, wideEncoding } from './file-kind.js'

/** A whole text, or pieces of one as a file or a response gives them. */
export type TextSource = string | AsyncIterable<Uint8Array | string>

export interface LineLimits {
  /** In bytes, or in characters where the source is text. */
  readonly maxLine: number
  readonly maxTotal: number
  /** A line over the limit is told of as `long` and stands as an empty one; otherwise it ends everything. */
  readonly skipLong?: boolean
  /** What is odd about the bytes, told before the line that it is about; nothing comes after `foreign`. */
  readonly odd?: (what: OddBytes) => void
}

export type OddBytes =
  | { readonly what: 'foreign'; readonly kind: string }
  | { readonly what: 'wide'; readonly encoding: string }
  /** The next line has bytes that are no UTF-8: each stands as U+FFFD. */
  | { readonly what: 'unreadable' }
  /** The next line is too long: what stands for it is empty. */
  | { readonly what: 'long' }

const lineFeed = 10

/** Each line without its line end (`\n` or `\r\n`) and without the byte order mark. Empty lines are there too. */
export async function* linesOf(source: TextSource, limits: LineLimits): AsyncGenerator<string> {
  const { maxLine, maxTotal, skipLong = false, odd } = limits
  let number = 1
  /** Whether the line is over the limit and is left out. */
  const tooLong = (length: number): boolean => {
    if (length <= maxLine) return false
    if (!skipLong) throw tooLarge(`Line ${number}`, maxLine, { line: number })
    return true
  }
  const passed: Passed = { tooLong, odd }
  const text = textLines(passed)
  const bytes = byteLines(passed)
  let wide: TextDecoder | undefined
  let head: Uint8Array | undefined = new Uint8Array()
  let total = 0
  let first = true

  function trimmed(line: string): string {
    const start = first && line.startsWith('\ufeff') ? 1 : 0
    first = false
    number++
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

interface Passed {
  tooLong(length: number): boolean
  readonly odd: LineLimits['odd']
}

function textLines({ tooLong, odd }: Passed): Lines<string> {
  let rest = ''
  let over = false // the line that has begun is left out

  function take(more: string): string {
    const line = over || tooLong(rest.length + more.length) ? undefined : rest + more
    rest = ''
    over = false
    if (line === undefined) odd?.({ what: 'long' })
    return line ?? ''
  }

  return {
    *add(text) {
      let start = 0
      for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
        yield take(text.slice(start, end))
        start = end + 1
      }
      over ||= tooLong(rest.length + text.length - start)
      rest = over ? '' : rest + text.slice(start)
    },
    end: () => (over || rest !== '' ? [take('')] : [])
  }
}

/** Lines are found in the bytes and read as whole lines, many at once as long as they are honest UTF-8. */
function byteLines({ tooLong, odd }: Passed): Lines<Uint8Array> {
  const strict = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true })
  const lenient = new TextDecoder('utf-8', { ignoreBOM: true })
  let held: Uint8Array[] = []
  let size = 0
  let over = false // the line that has begun is left out

  function hold(bytes: Uint8Array): void {
    size += bytes.length
    over ||= tooLong(size)
    // A copy: a stream may use its buffer again.
    if (over) held = []
    else if (bytes.length > 0) held.push(bytes.slice())
  }

  function* take(): Generator<string> {
    const [all, left] = [joined(held), over]
    held = []
    size = 0
    over = false
    if (left) yield leftOut()
    else yield* read(all)
  }

  function leftOut(): string {
    odd?.({ what: 'long' })
    return ''
  }

  function* read(block: Uint8Array): Generator<string> {
    const whole = decoded(block)
    if (whole !== undefined) {
      for (const line of whole.split('\n')) yield tooLong(line.length) ? leftOut() : line
      return
    }
    for (let start = 0; start <= block.length; ) {
      const found = block.indexOf(lineFeed, start)
      const end = found === -1 ? block.length : found
      const bytes = block.subarray(start, end)
      const long = tooLong(bytes.length)
      const line = long ? '' : decoded(bytes)
      if (line === undefined) odd?.({ what: 'unreadable' })
      yield long ? leftOut() : (line ?? lenient.decode(bytes))
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
      yield* take()
      if (begun < last) yield* read(piece.subarray(begun + 1, last))
      hold(piece.subarray(last + 1))
    },
    *end() {
      if (size > 0) yield* take()
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

export function tooLarge(what: string, limit: number, more: { readonly line?: number } = {}): Error {
  return new ImportLimitError(`${what} is larger than the limit of ${limit.toLocaleString('en-US')} bytes.`, {
    data: { limit, ...more }
  })
}
