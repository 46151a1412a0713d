export declare function soak(options: { kills: number; seed: number; say?: (text: string) => void }): Promise<{
  kills: number
  /** Runs that were brought to their end. */
  runs: number
  /** Requests that reached the provider. */
  asked: number
  /** Of these, by kill, those whose answer was not on the disk yet. */
  lost: number
  /** Entries that kills found in the outbox. */
  saved: number
  /** What went wrong, in words. */
  problems: string[]
}>
