/** Reads the `.env` of the working folder. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

export type Env = Readonly<Record<string, string | undefined>>

const assignment = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)$/

/**
 * `KEY=value` lines, with or without `export` and quotes; `#` begins a comment at the start of a line or after a space.
 * `\n` means a new line in double quotes only. Lines that are none of this are skipped.
 */
export function parseEnvFile(text: string): Record<string, string> {
  const values: Record<string, string> = {}
  for (const line of text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/)) {
    const [, name, rest] = assignment.exec(line) ?? []
    if (name !== undefined && rest !== undefined) values[name] = unquoted(rest.trim())
  }
  return values
}

function unquoted(rest: string): string {
  const quote = rest[0]
  if (quote === '"' || quote === "'") {
    const end = rest.indexOf(quote, 1)
    const value = end < 0 ? rest.slice(1) : rest.slice(1, end)
    return quote === '"' ? value.replaceAll('\\n', '\n') : value
  }
  return rest.replace(/(^|\s)#.*$/, '').trim()
}

/** The environment with what the file adds. A variable that is set (and not empty) is never overridden. */
export async function withEnvFile(env: Env, cwd: string): Promise<Env> {
  const text = await readFile(join(cwd, '.env'), 'utf8').catch(() => '')
  const set = Object.entries(env).filter(([, value]) => value !== undefined && value !== '')
  return { ...parseEnvFile(text), ...Object.fromEntries(set) }
}
