/** Files that a person opened, each as a source of the panel. Loaded with the first of them. */
import type { Panel } from '../state/shape.js'
import { FileError, fileSource, readLedgerFile } from './from-file.js'

/** Tells the person what is wrong with them. `inWords`: an error as a person can act on it. */
export async function openFiles(
  panel: Panel,
  files: readonly (Blob & { readonly name?: string })[],
  inWords: (error: unknown) => string
): Promise<void> {
  const said: string[] = []
  let failed = false
  for (const file of files) {
    try {
      const parsed = await readLedgerFile(file)
      panel.addSource(fileSource(parsed, file.name ?? 'pasted'), { open: true })
      const { note } = (await parsed.reading?.whole) ?? parsed
      if (note) said.push(note)
    } catch (error) {
      failed = true
      said.push(error instanceof FileError ? error.message : `The file cannot be read. ${inWords(error)}`)
    }
  }
  panel.tell(said.length > 0 ? said.join(' ') : undefined, failed)
}
