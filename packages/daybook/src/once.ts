import { APIConnectionError, asDaybookError } from './errors.js'

/** Opens a thing on first use and once; an opening that failed is tried again at the next use. */
export function once<T>(open: () => Promise<T>): () => Promise<T> {
  let opening: Promise<T> | undefined
  return () => {
    opening ??= open().catch((error: unknown) => {
      opening = undefined
      throw error
    })
    return opening
  }
}

/**
 * A part of Daybook that is loaded on first use, and once: a page that does not use it has not paid for it. Where it
 * cannot be loaded, who wanted it fails as one whose network is gone.
 */
export function part<T>(load: () => Promise<T>): () => Promise<T> {
  return once(async () => {
    try {
      return await load()
    } catch (cause) {
      throw new APIConnectionError(`A part of Daybook could not be loaded: ${asDaybookError(cause).message}`, {
        cause,
        hint: 'Check the network, or load the page again.'
      })
    }
  })
}
