/** What differs, as lines: fields with what was and what is, and texts word by word. */
import type { FieldChange, Json, WordChange } from 'daybook'
import { money, oneLine, plain } from './format.js'
import type { Paint, Style } from './paint.js'

export interface ChangeLinesOptions {
  readonly paint: Paint
  readonly width: number
  /** Characters before each line. */
  readonly indent: number
}

const manyFields = 8

/** `path`, and below it what was and what is; the first eight. */
export function fieldLines(fields: readonly FieldChange[], { paint, width, indent }: ChangeLinesOptions): string[] {
  const space = ' '.repeat(indent)
  const most = width - indent - 5
  const shown = fields.filter(({ path }) => !silent.has(path))
  const more = shown.length - manyFields
  return [
    ...shown.slice(0, manyFields).flatMap(({ path, before, after }) => {
      const [was, is] = pairText({ path, before, after }, most)
      const line = (sign: string, style: Style, text: string | undefined): string[] =>
        text === undefined ? [] : [`${space}  ${paint(style, `${sign} ${text}`)}`]
      return [
        space + oneLine(fieldName(path), width - indent),
        ...line('-', 'error', was),
        ...line('+', 'response', is)
      ]
    }),
    ...(more > 0 ? [paint('muted', `${space}and ${more} more`)] : [])
  ]
}

/** What was and what is, in at most so many characters each; undefined where a side has no such field. */
export function pairText(
  {
    path,
    before,
    after
  }: { readonly path: string; readonly before?: Json | undefined; readonly after?: Json | undefined },
  width: number
): [string | undefined, string | undefined] {
  const [was, is] = [before, after].map(held => (held === undefined ? undefined : valueText(path, held)))
  const start = was === undefined || is === undefined ? 0 : sharedStart(was, is, width)
  return [was && cutAt(was, start, width), is && cutAt(is, start, width)]
}

/** Follows from the rest of a request, and says nothing to anybody. */
const silent: ReadonlySet<string> = new Set(['/data/cache/key'])

function valueText(path: string, value: Json): string {
  if (typeof value === 'number' && path.endsWith('_usd')) return money(value)
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}

/** How much of two long texts need not be shown, since they begin alike: up to a word a little before they differ. */
function sharedStart(a: string, b: string, width: number): number {
  if (Math.max(a.length, b.length) <= width) return 0
  let at = 0
  while (at < a.length && a[at] === b[at]) at++
  const start = a.lastIndexOf(' ', Math.max(0, at - Math.min(20, width >> 2))) + 1
  return at > width / 2 ? start : 0
}

function cutAt(text: string, start: number, width: number): string {
  return start === 0 ? oneLine(text, width) : `… ${oneLine(text.slice(start), width - 2)}`
}

/** `/data/messages/0/content` as a person writes it: `messages.0.content`. */
export function fieldName(path: string): string {
  const steps = path
    .split('/')
    .slice(1)
    .map(step => step.replaceAll('~1', '/').replaceAll('~0', '~'))
  return (steps[0] === 'data' && steps.length > 1 ? steps.slice(1) : steps).join('.') || 'everything'
}

/** Text as it is, everything else as JSON, in one line. */
export function jsonText(value: unknown, width: number): string {
  return oneLine(typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing'), width)
}

/** So many characters of what both have are kept on each side of a change. */
const around = 60

/** `both [-only before-] {+only after+} both`, broken at spaces; long stretches that both have are shortened. */
export function wordLines(words: readonly WordChange[], { paint, width, indent }: ChangeLinesOptions): string[] {
  const indented = ' '.repeat(indent)
  const lines: string[] = []
  let line = ''
  let length = 0
  let pending = ''
  let pendingStyle: Style | undefined
  const flush = (): void => {
    line += paint(pendingStyle, pending)
    pending = ''
  }
  const put = (word: string, style: Style | undefined, space: string): void => {
    if (length > 0 && space !== '' && length + 1 + word.length > width - indent) {
      flush()
      lines.push(indented + line)
      line = ''
      length = 0
    }
    const between = length > 0 ? space : ''
    if (style !== pendingStyle) {
      flush()
      line += between
      pendingStyle = style
      pending = word
    } else pending += between + word
    length += between.length + word.length
  }
  let spaced = true
  words.forEach(({ type, text }, index) => {
    const edges = { first: index === 0, last: index === words.length - 1 }
    const clean = plain(type === 'same' ? shortened(text, edges) : text)
    const [open, close, style] = marks[type]
    const parts = clean.split(/\s+/).filter(Boolean)
    parts.forEach((word, at) => {
      const glued = at === 0 && !spaced && !/^\s/.test(clean)
      put(`${at === 0 ? open : ''}${word}${at === parts.length - 1 ? close : ''}`, style, glued ? '' : ' ')
    })
    if (clean !== '') spaced = /\s$/.test(clean)
  })
  flush()
  return length > 0 ? [...lines, indented + line] : lines
}

const marks: Readonly<Record<WordChange['type'], readonly [string, string, Style?]>> = {
  same: ['', '', 'muted'],
  removed: ['[-', '-]', 'error'],
  added: ['{+', '+}', 'response']
}

function shortened(text: string, { first, last }: { readonly first: boolean; readonly last: boolean }): string {
  if (text.length <= 2 * around + 20) return text
  const start = first ? '' : text.slice(0, around).replace(/\S*$/, '')
  const end = last ? '' : text.slice(-around).replace(/^\S*/, '')
  return `${start} … ${end}`
}
