/** Writes that come together are written together. */

export interface Batches<Value> {
  /** What is on its way to being written under the key; undefined where nothing is. */
  pending(key: string): Value | undefined
  /** Resolves when the value is written; the last one for a key wins. */
  write(key: string, value: Value): Promise<void>
  /** Begins a batch, also where nothing waits to be written. */
  begin(): void
  /** Resolves when all that was begun is done. Never rejects. */
  idle(): Promise<void>
}

/**
 * The first write begins a batch at the end of the task's present step; those that come while a batch is being written
 * are the next. `after` follows a batch that was written, before the next begins; it sees to its own failures.
 */
export function batches<Value>(
  commit: (writes: ReadonlyMap<string, Value>) => Promise<void>,
  after: (writes: ReadonlyMap<string, Value>) => Promise<void>
): Batches<Value> {
  let next: { readonly writes: Map<string, Value>; readonly done: Promise<void> } | undefined
  let current: ReadonlyMap<string, Value> | undefined
  let idle: Promise<void> = Promise.resolve()

  const open = (): NonNullable<typeof next> => {
    const writes = new Map<string, Value>()
    const done = idle.then(async () => {
      next = undefined
      current = writes
      try {
        await commit(writes)
      } finally {
        current = undefined
      }
    })
    // A failure is told to those who wrote, and does not keep the next batch from being tried.
    idle = done.then(() => after(writes)).catch(() => {})
    next = { writes, done }
    return next
  }

  return {
    pending: key => (next?.writes.has(key) ? next.writes.get(key) : current?.get(key)),
    write(key, value) {
      const { writes, done } = next ?? open()
      writes.set(key, value)
      return done
    },
    begin() {
      if (!next) open()
    },
    async idle() {
      for (let end: Promise<void> | undefined; end !== idle; ) {
        end = idle
        await end
      }
    }
  }
}
