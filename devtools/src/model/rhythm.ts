/** The rhythm of a streamed answer: how much came when, as bars, and where a chunk stands in time. */

type Rhythm = readonly (readonly [pauseMs: number, length: number])[]

/** Milliseconds since the request at which so many chunks were there. */
export function timeOfChunk(rhythm: Rhythm, chunks: number): number {
  let ms = 0
  for (let i = 0; i < chunks && i < rhythm.length; i++) ms += rhythm[i]?.[0] ?? 0
  return ms
}

/** So many bars from the first chunk to the last, each a share of the tallest, by the characters that came in its time. */
export function barsOf(rhythm: Rhythm, bars: number): readonly number[] {
  const sums = new Array<number>(bars).fill(0)
  const from = rhythm[0]?.[0] ?? 0
  const whole = timeOfChunk(rhythm, rhythm.length) - from
  let ms = -from
  for (const [pause, length] of rhythm) {
    ms += pause
    const at = whole > 0 ? Math.min(bars - 1, Math.floor((ms / whole) * bars)) : 0
    sums[at] = (sums[at] as number) + length
  }
  const most = Math.max(...sums, 1)
  return sums.map(sum => sum / most)
}

/** The longest pause between two chunks, and when it began; undefined for less than two. */
export function longestPause(rhythm: Rhythm): { readonly ms: number; readonly at: number } | undefined {
  let found: { ms: number; at: number } | undefined
  let at = rhythm[0]?.[0] ?? 0
  for (const [pause] of rhythm.slice(1)) {
    if (pause > (found?.ms ?? 0)) found = { ms: pause, at }
    at += pause
  }
  return found
}
