/** Where a strict replay differs, in the words of the panel: rows by their number, objects by their name. */
import type { Divergence } from 'daybook'
import type { Book } from './book.js'
import { pathWords } from './differ.js'
import { record, string } from './read.js'

export interface DivergenceWords {
  readonly type: string
  /** Such as `Question 1: text differs`. */
  readonly text: string
  /** The member that differs first, such as `data.patch.text`. */
  readonly path: string | undefined
  /** What the replay says of it, where the text above does not say all. */
  readonly more: string | undefined
}

export function divergenceWords(
  { kind, event, fields, expected, found, message }: Divergence,
  book: Book
): DivergenceWords {
  const row = book.causes.rowOf(event)
  const about = record(expected ?? found ?? (row === undefined ? undefined : book.events[row]))
  const type = string(about.type) ?? typeOf(event)
  const [first] = fields
  const said = kind === 'changed' && first !== undefined
  return {
    type,
    text: `${nameOf(type, record(about.data), book)}: ${said ? differ(fields.map(({ path }) => shortPath(path))) : kinds[kind]}`,
    path: first && pathWords(first.path),
    more: said ? undefined : reworded(message, book)
  }
}

const kinds: Readonly<Record<Divergence['kind'], string>> = {
  changed: 'differs',
  missing: 'recorded, but not made again',
  extra: 'made, but not recorded',
  order: 'made at another place',
  unrecorded: 'asked, but has no recording'
}

function nameOf(type: string, data: Record<string, unknown>, book: Book): string {
  const { id } = data
  if (!/^object\./.test(type) || typeof id !== 'string') return type
  const name = book.objects.nameOf(id)
  // A thing that the ledger does not know has no name in it.
  return name === id ? (string(data.type) ?? 'an object') : name
}

/** `text` of `/data/patch/text`: what an object's event puts around its members says nothing more. */
function shortPath(pointer: string): string {
  return pathWords(pointer.replace(/^\/data(?:\/(?:data|patch))?(?=\/)/, ''))
}

function differ(paths: readonly string[]): string {
  const [first = '', second = ''] = paths
  if (paths.length === 1) return `${first} differs`
  return paths.length === 2 ? `${first} and ${second} differ` : `${first} and ${paths.length - 1} more fields differ`
}

/** Ids as they are derived: a type, and a digest. */
const derived = /\b([a-z][\w]*(?:\.[\w]+)+)-[\w-]{22}(?![\w-])/g

/** Its positions, from 0, and its ids as the numbers of rows. */
function reworded(message: string, book: Book): string {
  return message
    .slice(0, 2000)
    .replace(/^Position \d+: /, '')
    .replace(derived, (id, type: string) => {
      const row = book.causes.rowOf(id)
      return row === undefined ? `a new ${type}` : `#${row + 1}`
    })
    .replace(/\b(?:at )?position (\d+)/g, (_, position: string) => `at #${Number(position) + 1}`)
    .replace(/^./, letter => letter.toUpperCase())
}

function typeOf(id: string): string {
  return /^(.+)-[\w-]{22}$/.exec(id)?.[1] ?? 'an event'
}
