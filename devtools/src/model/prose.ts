/**
 * A model's words as blocks and spans: the little of Markdown that answers use. What is not understood stays text, and
 * nothing becomes markup: the views make elements of these, one by one.
 */

export type Span =
  | { readonly kind: 'text' | 'strong' | 'emphasis' | 'code'; readonly text: string }
  | { readonly kind: 'link'; readonly text: string; readonly href: string }
  | { readonly kind: 'image'; readonly text: string; readonly href: string }

export type Block =
  | { readonly kind: 'paragraph'; readonly spans: readonly Span[] }
  | { readonly kind: 'heading'; readonly level: number; readonly spans: readonly Span[] }
  | { readonly kind: 'item'; readonly marker: string; readonly depth: number; readonly spans: readonly Span[] }
  | { readonly kind: 'code'; readonly language: string; readonly text: string }
  | { readonly kind: 'quote'; readonly spans: readonly Span[] }
  | { readonly kind: 'table'; readonly rows: readonly (readonly (readonly Span[])[])[] }
  | { readonly kind: 'rule' }

const maxCells = 20

export function blocks(text: string): readonly Block[] {
  const found: Block[] = []
  let paragraph: string[] = []
  let fence: { language: string; lines: string[] } | undefined
  let table: (readonly Span[])[][] = []
  let quote: string[] = []

  const endParagraph = (): void => {
    if (paragraph.length > 0) found.push({ kind: 'paragraph', spans: spans(paragraph.join('\n')) })
    paragraph = []
    if (table.length > 0) found.push({ kind: 'table', rows: table })
    table = []
    if (quote.length > 0) found.push({ kind: 'quote', spans: spans(quote.join('\n')) })
    quote = []
  }

  for (const line of text.split('\n')) {
    if (fence) {
      if (/^\s*```\s*$/.test(line)) {
        found.push({ kind: 'code', language: fence.language, text: fence.lines.join('\n') })
        fence = undefined
      } else fence.lines.push(line)
      continue
    }
    const opening = /^\s*```\s*([\w+-]{0,20})\s*$/.exec(line)
    const heading = /^(#{1,6})\s+(.+)$/.exec(line)
    const item = /^(\s{0,12})(?:([-*•])|(\d{1,4}[.)]))\s+(.+)$/.exec(line)
    const cells = /^\s*\|.+\|\s*$/.test(line) ? line.trim().slice(1, -1).split('|', maxCells) : undefined
    const quoted = /^\s{0,3}> ?(.*)$/.exec(line)
    const goesOn = cells ? table.length > 0 : quoted ? quote.length > 0 : table.length === 0 && quote.length === 0
    if (!goesOn || opening || heading || item || line.trim() === '') endParagraph()
    if (opening) fence = { language: opening[1] ?? '', lines: [] }
    else if (cells) {
      // The line under the head of a table says nothing but that it is one.
      if (!cells.every(cell => /^\s*:?-+:?\s*$/.test(cell))) table.push(cells.map(cell => spans(cell.trim())))
    } else if (quoted) quote.push(quoted[1] ?? '')
    else if (heading) found.push({ kind: 'heading', level: heading[1]?.length ?? 1, spans: spans(heading[2] ?? '') })
    else if (/^\s*(?:-{3,}|\*{3,})\s*$/.test(line)) {
      endParagraph()
      found.push({ kind: 'rule' })
    } else if (item) {
      const depth = Math.min(4, Math.floor((item[1]?.length ?? 0) / 2))
      found.push({ kind: 'item', marker: item[3] ?? '•', depth, spans: spans(item[4] ?? '') })
    } else if (line.trim() !== '') paragraph.push(line)
  }
  // A fence that is still open while the answer streams.
  if (fence) found.push({ kind: 'code', language: fence.language, text: fence.lines.join('\n') })
  endParagraph()
  return found
}

// Every repetition has a bound: a line of a million brackets must not cost its square.
const marks =
  /`([^`\n]{1,400})`|\*\*([^*\n]{1,400})\*\*|(?<![\w*])[*_]([^*_\s][^*_\n]{0,400})[*_](?![\w*])|(!?)\[([^[\]\n]{0,400})\]\(((?:https?:\/\/|mailto:|data:image\/)[^\s)]{1,2000})\)|(https?:\/\/[^\s<>"'”)\]]{1,2000}[^\s<>"'”)\].,;:!?])/g

export function spans(text: string): readonly Span[] {
  const found: Span[] = []
  let at = 0
  for (const match of text.matchAll(marks)) {
    if (match.index > at) found.push({ kind: 'text', text: text.slice(at, match.index) })
    at = match.index + match[0].length
    const [whole, code, strong, emphasis, image, label, href, bare] = match
    if (code !== undefined) found.push({ kind: 'code', text: code })
    else if (strong !== undefined) found.push({ kind: 'strong', text: strong })
    else if (emphasis !== undefined) found.push({ kind: 'emphasis', text: emphasis })
    else if (image === '!' && href !== undefined) found.push({ kind: 'image', text: label ?? '', href })
    else if (label && href !== undefined && safeLink(href)) found.push({ kind: 'link', text: label, href })
    else if (bare !== undefined && safeLink(bare)) found.push({ kind: 'link', text: bare, href: bare })
    else found.push({ kind: 'text', text: whole })
  }
  if (at < text.length) found.push({ kind: 'text', text: text.slice(at) })
  return found
}

/** Only what a person may follow: an http(s) or mail address that can be parsed and hides no name and password. */
export function safeLink(href: string): boolean {
  try {
    const url = new URL(href)
    if (url.protocol === 'mailto:') return true
    return (url.protocol === 'https:' || url.protocol === 'http:') && url.username === '' && url.password === ''
  } catch {
    return false
  }
}

/** Where a link leads, in a few words: the host of an address, who gets the mail. */
export function hostOf(href: string): string {
  try {
    const url = new URL(href)
    return url.protocol === 'mailto:' ? url.pathname.slice(0, 80) : url.host
  } catch {
    return ''
  }
}

/** Pictures that a browser draws without running anything in them. */
const imageTypes = /^data:image\/(png|jpeg|gif|webp|avif);base64,/

export interface Picture {
  /** `png`, or undefined where it is not known. */
  readonly type: string | undefined
  /** Bytes of a picture that is in the text; undefined for one that is elsewhere. */
  readonly bytes: number | undefined
  /** Where it is; empty for one that is in the text. */
  readonly host: string
  /** It is in the text, and of a type that may be drawn. */
  readonly drawable: boolean
}

export function pictureOf(url: string): Picture {
  if (!url.startsWith('data:')) return { type: undefined, bytes: undefined, host: hostOf(url), drawable: false }
  const comma = url.indexOf(',')
  const type = /^data:([\w.+-]{1,40}\/)?([\w.+-]{1,40})/.exec(url)?.[2]
  return {
    type,
    bytes: Math.max(0, Math.floor(((url.length - comma - 1) * 3) / 4)),
    host: '',
    drawable: imageTypes.test(url)
  }
}
