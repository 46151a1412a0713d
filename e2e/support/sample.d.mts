/** Writes the sample ledgers: `ledgers/` as the command keeps them, and `run-7`, `run-8` and `branch-b2` as files. */
export function write(folder: string): Promise<void>
export function sampleRuns(): readonly { readonly name: string; readonly events: readonly unknown[] }[]
