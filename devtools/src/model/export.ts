/** A ledger as a file. Loaded with the sheet that offers it. */
import type { LedgerEvent } from 'daybook'

export const exportFormats = ['jsonl', 'gzip', 'otlp', 'html'] as const
export type ExportFormat = (typeof exportFormats)[number]

/** What the page says of a file that cannot be made. */
export class ExportError extends Error {}

/**
 * One event a line with its chain, as `parseJSONL` reads it and `verifyLedger` verifies it. A ledger with lines that are
 * no events gets none: they are written as they are.
 */
export async function toJsonl(name: string, events: readonly LedgerEvent[]): Promise<Blob> {
  const type = 'application/x-ndjson'
  try {
    const { toJSONL } = await import('../sdk.js')
    return new Blob([toJSONL(events, { name })], { type })
  } catch {
    const parts: string[] = []
    // In pieces of a thousand lines, so that a large ledger is not one string.
    for (let from = 0; from < events.length; from += 1000) {
      parts.push(
        events
          .slice(from, from + 1000)
          .map(event => `${JSON.stringify(event)}\n`)
          .join('')
      )
    }
    return new Blob(parts, { type })
  }
}

export async function toGzip(file: Blob): Promise<Blob> {
  const packed = file.stream().pipeThrough(new CompressionStream('gzip'))
  return new Blob([await new Response(packed).blob()], { type: 'application/gzip' })
}

/** A trace in the JSON of OpenTelemetry. `content`: with prompts, answers and the arguments of tools. */
export async function toTrace(name: string, events: readonly LedgerEvent[], content: boolean): Promise<Blob> {
  const { toOtlp } = await import('daybook/otlp')
  return new Blob([JSON.stringify(toOtlp(events, { name, content }))], { type: 'application/json' })
}

/**
 * The page of the devtools with the ledger in it. It is data there and no script, so the page's policy needs no word for it.
 * @param viewer The page as one HTML file, with an empty place for a ledger.
 * @param jsonl The ledger as {@link toJsonl} writes it: with its chain the page can verify it.
 * @throws ExportError for what is no such page.
 */
export function toHtml(viewer: string, name: string, title: string, jsonl: string): string {
  // Another page that was answered instead has no such place.
  if (!place.test(viewer)) throw new ExportError(noViewer)
  const ledger = JSON.stringify({ stream: name, jsonl }).replaceAll('<', '\\u003c')
  const safe = title.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  // In functions, since a `$` of the ledger or the title would mean something.
  return viewer
    .replace(place, () => `<script type="application/json" id="daybook-ledger">${ledger}</script>`)
    .replace(/<title>[^<]*<\/title>/, () => `<title>${safe}</title>`)
}

/** An expression and no text: this very line stands in the code of the page. */
const place = /<script type="application\/json" id="daybook-ledger"><\/script>/

const noViewer =
  'The viewer that goes into the file is not beside this page. The command makes the file anywhere: daybook export <run> --html.'
const patienceMs = 10_000

/** The one-file page that is served beside this one. @throws ExportError where there is none. */
export async function fetchViewer(base: string): Promise<string> {
  try {
    const answer = await fetch(new URL('viewer.html', base), {
      credentials: 'same-origin',
      signal: AbortSignal.timeout(patienceMs)
    })
    if (answer.ok) return await answer.text()
  } catch {
    // Offline, from disk, or forbidden by the page's policy: the same for who asks.
  }
  throw new ExportError(noViewer)
}

/** A name that every system takes: `run:8` as `run-8`. */
export function fileName(name: string, format: ExportFormat): string {
  const plain =
    name
      .replace(/[^\w.-]+/g, '-')
      .replace(/^[-.]+|\.(?:jsonl|json|ndjson|gz|html)\b/g, '')
      .slice(0, 80) || 'ledger'
  return plain + { jsonl: '.jsonl', gzip: '.jsonl.gz', otlp: '.otlp.json', html: '.html' }[format]
}
