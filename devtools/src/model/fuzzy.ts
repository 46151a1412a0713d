/** How well a few typed letters fit a name: for the palette. */

export interface Fit {
  /** Higher is better. */
  readonly score: number
  /** The places of the letters in the name. */
  readonly places: readonly number[]
}

/** Undefined where the letters do not stand in the name in this order. No letters fit everything alike. */
export function fuzzyFit(letters: string, name: string): Fit | undefined {
  const wanted = letters.toLowerCase().replace(/\s+/g, '')
  if (wanted === '') return { score: 0, places: [] }
  const text = name.toLowerCase()
  return whole(letters.toLowerCase().trim(), text) ?? scattered(wanted, text, true) ?? scattered(wanted, text, false)
}

/** The letters in one piece: best at the beginning, then at the beginning of a word. */
function whole(wanted: string, text: string): Fit | undefined {
  let at = text.indexOf(wanted)
  if (at < 0) return undefined
  for (let next = at; next >= 0; next = text.indexOf(wanted, next + 1)) {
    if (!isStart(text, next)) continue
    at = next
    break
  }
  const score = 1000 - text.length / 10 - (at === 0 ? 0 : isStart(text, at) ? 50 : 200)
  return { score, places: Array.from(wanted, (_letter, i) => at + i) }
}

/** Letter by letter; `starts` prefers the beginnings of words, as in `gw` for `Go to waterfall`. */
function scattered(wanted: string, text: string, starts: boolean): Fit | undefined {
  const places: number[] = []
  let score = 500 - text.length / 10
  for (const letter of wanted) {
    const from = (places.at(-1) ?? -1) + 1
    let at = text.indexOf(letter, from)
    if (starts && at > from) {
      for (let next = at; next >= 0; next = text.indexOf(letter, next + 1)) {
        if (!isStart(text, next)) continue
        at = next
        break
      }
    }
    if (at < 0) return undefined
    if (!isStart(text, at)) score -= at === from && from > 0 ? 1 : 8
    places.push(at)
  }
  return { score: score - ((places.at(-1) ?? 0) - (places[0] ?? 0)) / 4, places }
}

function isStart(text: string, at: number): boolean {
  return at === 0 || !/[\p{L}\p{N}]/u.test(text[at - 1] as string)
}
