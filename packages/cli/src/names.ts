/** Names of ledgers as they are shown. */

/** `run:<id>` is shown as its id; branches and sessions keep their kind. */
export function shortName(name: string): string {
  return name.replace(/^run:/, '')
}
