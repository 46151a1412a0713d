/** A run as one page that opens from a disk, without a network: the devtools with the ledger in them. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type LedgerEvent, toJSONL } from 'daybook'
import { ConfigurationError } from 'daybook/errors'

export interface RunPage {
  /** The ledger's name. */
  readonly name: string
  /** Shown as the page's title. */
  readonly title: string
  readonly events: readonly LedgerEvent[]
}

/**
 * @param folder Where the built page of the devtools is.
 * @throws ConfigurationError where it is not built, or was built in a way that is not known here.
 */
export async function runPage({ name, title, events }: RunPage, folder: string): Promise<string> {
  const page = await readFile(join(folder, 'viewer.html'), 'utf8').catch((cause: unknown) => {
    throw unknownPage(cause)
  })
  if (!page.includes(place)) throw unknownPage()
  // With its chain, so that the page can verify what it shows.
  const jsonl = toJSONL(events, { name })
  // In functions, since a `$` of the ledger means something in a text to put in.
  return page
    .replace(/<title>[^<]*<\/title>/, () => `<title>${escaped(title)}</title>`)
    .replace(
      place,
      () => `<script type="application/json" id="daybook-ledger">${safeJson({ stream: name, jsonl })}</script>`
    )
}

const place = '<script type="application/json" id="daybook-ledger"></script>'

function unknownPage(cause?: unknown): Error {
  return new ConfigurationError('The page of the devtools cannot be put into one file: run npm run build.', {
    cause
  })
}

/** JSON in which no `<` is left, so that nothing in it ends or opens a tag. */
function safeJson(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c')
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
