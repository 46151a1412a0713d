/** Numbers and texts as a person reads them in a terminal. */

/** What is not known. Never 0: an unknown price is not a free call. */
export const unknown = '–'

/** US dollars with three significant digits; cents are whole from one dollar on. */
export function money(usd: number | null | undefined, options: { readonly estimated?: boolean } = {}): string {
  if (usd === null || usd === undefined) return unknown
  const sign = options.estimated && usd !== 0 ? '≈ ' : ''
  return `${sign}$${usd >= 1 ? usd.toFixed(usd < 100 ? 2 : 0) : digits(usd)}`
}

/** 412, 1.23k, 45.6k, 1.20M. */
export function count(n: number | null | undefined): string {
  if (n === null || n === undefined) return unknown
  if (n < 1000) return String(Math.round(n))
  return n < 999_500 ? `${(n / 1000).toPrecision(3)}k` : `${(n / 1e6).toPrecision(3)}M`
}

/** 412 ms, 2.13 s, 1 min 12 s. */
export function duration(ms: number): string {
  if (ms < 999.5) return `${Math.round(ms)} ms`
  if (ms < 59_950) return `${(ms / 1000).toPrecision(3)} s`
  const seconds = Math.round(ms / 1000)
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60]
  return hours > 0 ? `${hours} h ${minutes} min` : `${minutes} min ${seconds % 60} s`
}

export function bytes(n: number): string {
  if (n < 1000) return `${n} B`
  const [unit, size] = n < 999_500 ? ['kB', 1e3] : n < 999_500_000 ? ['MB', 1e6] : ['GB', 1e9]
  return `${digits(n / Number(size))} ${unit}`
}

export function plural(n: number, one: string, many: string = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`
}

function digits(n: number): string {
  return n.toLocaleString('en-US', { maximumSignificantDigits: 3, useGrouping: false })
}

// Escape sequences and other control characters, and those that turn the direction of a line: what a model or a file
// says must not move the cursor, rename the window or hide what stands beside it.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const controls = /[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u200E\u200F\u202A-\u202E\u2066-\u2069]/g
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const sequences = /\u001B(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001B]*(?:\u0007|\u001B\\)?)/g

/** The text without anything that a terminal would obey; new lines stay. */
export function plain(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(/\t/g, '  ').replace(sequences, '').replace(controls, '')
}

/** The text in one line of at most `width` UTF-16 units, which is also about what emoji take up in a terminal. */
export function oneLine(text: string, width: number): string {
  // What cannot be shown need not be cleaned: a prompt may be a book.
  const line = plain(text.slice(0, width * 8 + 64))
    .replace(/\s+/g, ' ')
    .trim()
  if (line.length <= width) return line
  // Never half a character: a cut behind the first half of a pair takes that half away too.
  return width < 1
    ? ''
    : `${line
        .slice(0, width - 1)
        .replace(/[\uD800-\uDBFF]$/, '')
        .trimEnd()}…`
}

/** The text in lines of at most `width` characters, broken at spaces; its own line breaks stay. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = []
  for (const paragraph of plain(text).trim().split('\n')) {
    let line = ''
    for (const word of paragraph
      .split(' ')
      .filter(Boolean)
      .flatMap(word => pieces(word, width))) {
      if (line !== '' && line.length + 1 + word.length > width) {
        lines.push(line)
        line = word
      } else {
        line = line === '' ? word : `${line} ${word}`
      }
    }
    lines.push(line)
  }
  return lines
}

/** A word that is longer than a line, such as an address, in parts. */
function pieces(word: string, width: number): string[] {
  if (word.length <= width) return [word]
  const characters = [...word]
  const parts: string[] = []
  for (let start = 0; start < characters.length; start += width) {
    parts.push(characters.slice(start, start + width).join(''))
  }
  return parts
}

/** Rows as lines, with columns as wide as their widest cell; columns named in `right` stand right. */
export function columns(rows: readonly (readonly string[])[], right: readonly number[] = []): string[] {
  const widths: number[] = []
  for (const row of rows) {
    for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length)
  }
  return rows.map(row =>
    row
      .map((cell, i) => (right.includes(i) ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
      .join('  ')
      .trimEnd()
  )
}
