/** The first line of a file, without reading the rest of it. */
import { open } from 'node:fs/promises'

/** Undefined where the file is empty, or begins with more than a header could be. */
export async function firstLine(path: string): Promise<string | undefined> {
  const file = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4096), 0, 4096, 0)
    const text = buffer.toString('utf8', 0, bytesRead).replace(/^\ufeff/, '')
    const end = text.indexOf('\n')
    if (end === -1) return bytesRead > 0 && bytesRead < 4096 ? text : undefined
    return text.slice(0, end).replace(/\r$/, '')
  } finally {
    await file.close()
  }
}
