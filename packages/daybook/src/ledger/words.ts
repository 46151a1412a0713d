/** What differs between two texts, word by word. */

/** A piece of a text diff: what both have, what only the first or only the second has. */
export interface WordChange {
  readonly type: 'same' | 'removed' | 'added'
  readonly text: string
}

// So much, in characters, is compared word by word, and ten times as much line by line; beyond that, and where too much
// differs, a beginning and an end in common are all that is found.
const maxText = 2e6
const maxTokens = 20_000
const maxEdits = 2_000

// A word with the spaces before it, so that a text that goes on shares its last word with the longer one. Scripts that
// do not part words by spaces go sign by sign.
const word =
  /\s*(?:(?:(?![\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}\p{sc=Laoo}\p{sc=Khmr}\p{sc=Mymr}])[\p{L}\p{M}\p{N}_])+|\S\p{M}*)|\s+/gu
const line = /[^\n]*\n|[^\n]+/g

/**
 * From `before` to `after`: what is the same and removed joins to the one, what is the same and added to the other.
 * No two neighbours are of one type, and what was removed stands before what was added in its place.
 */
export function diffWords(before: string, after: string): readonly WordChange[] {
  const size = before.length + after.length
  return (
    (size <= maxText && diffTokens(before, after, word)) ||
    (size <= 10 * maxText && diffTokens(before, after, line)) ||
    diffEnds(before, after)
  )
}

/** Undefined where too much differs, unless the ends in common are enough. */
function diffTokens(before: string, after: string, pattern: RegExp, ends = false): WordChange[] | undefined {
  const a = before.match(pattern) ?? []
  const b = after.match(pattern) ?? []
  const start = common(a.length, b.length, n => a[n] === b[n])
  const most = Math.min(a.length, b.length) - start
  const end = common(most, most, n => a[a.length - 1 - n] === b[b.length - 1 - n])
  const [left, right] = [a.slice(start, a.length - end), b.slice(start, b.length - end)]
  const kept = ends || left.length === 0 || right.length === 0 ? [] : inCommon(left, right)
  if (!kept) return undefined

  const pieces = changes()
  pieces.add('same', a.slice(0, start).join(''))
  let [x, y] = [0, 0]
  for (const [atLeft, atRight] of [...kept, [left.length, right.length] as const]) {
    const [removed, added] = [left.slice(x, atLeft).join(''), right.slice(y, atRight).join('')]
    for (const { type, text } of pattern === line ? diffEnds(removed, added) : replaced(removed, added)) {
      pieces.add(type, text)
    }
    pieces.add('same', left[atLeft] ?? '')
    x = atLeft + 1
    y = atRight + 1
  }
  pieces.add('same', a.slice(a.length - end).join(''))
  return pieces.all
}

/**
 * The places in both of a longest common subsequence, by the greedy search of Myers; undefined where they are too long
 * or more than `maxEdits` edits lie between them.
 */
function inCommon(left: readonly string[], right: readonly string[]): [number, number][] | undefined {
  if (left.length + right.length > maxTokens) return undefined
  const numbers = new Map<string, number>()
  const numbered = (token: string): number => {
    const known = numbers.get(token) ?? numbers.size
    numbers.set(token, known)
    return known
  }
  const [a, b] = [left.map(numbered), right.map(numbered)]
  const most = Math.min(a.length + b.length, maxEdits)
  // furthest[most + k] is how far in `a` the best path on diagonal k (place in a - place in b) has come.
  const furthest = new Int32Array(2 * most + 2)
  const history: Int32Array[] = []
  for (let edits = 0; edits <= most; edits++) {
    // What this round starts from, on the diagonals that it may look at.
    history.push(furthest.slice(most - edits, most + edits + 1))
    for (let k = -edits; k <= edits; k += 2) {
      const down = k === -edits || (k !== edits && at(furthest, most + k - 1) < at(furthest, most + k + 1))
      let x = down ? at(furthest, most + k + 1) : at(furthest, most + k - 1) + 1
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x++
      furthest[most + k] = x
      if (x >= a.length && x - k >= b.length) return walkBack(history, a.length, b.length)
    }
  }
  return undefined
}

function walkBack(history: readonly Int32Array[], x: number, y: number): [number, number][] {
  const kept: [number, number][] = []
  for (let edits = history.length - 1; edits >= 0; edits--) {
    const furthest = history[edits] as Int32Array
    const k = x - y
    const down = k === -edits || (k !== edits && at(furthest, edits + k - 1) < at(furthest, edits + k + 1))
    const from = edits === 0 ? 0 : down ? at(furthest, edits + k + 1) : at(furthest, edits + k - 1)
    const to = edits === 0 ? 0 : from - (down ? k + 1 : k - 1)
    while (x > from && y > to && x > 0 && y > 0) kept.push([--x, --y])
    x = from
    y = to
  }
  return kept.reverse()
}

function at(list: Int32Array, index: number): number {
  return list[index] as number
}

/** Texts too long or too different for more: the words in common at both ends; of very long ones, the signs. */
function diffEnds(before: string, after: string): readonly WordChange[] {
  if (before.length + after.length <= maxText) return diffTokens(before, after, word, true) ?? []
  let start = common(before.length, after.length, n => before.charCodeAt(n) === after.charCodeAt(n))
  // The two halves of a sign stay together.
  if (isHigh(before, start - 1)) start--
  const most = Math.min(before.length, after.length) - start
  const last = (text: string, n: number): number => text.charCodeAt(text.length - 1 - n)
  let end = common(most, most, n => last(before, n) === last(after, n))
  if (end > 0 && isHigh(before, before.length - end - 1)) end--
  const tail = (text: string): number => text.length - end
  const pieces = changes()
  pieces.add('same', before.slice(0, start))
  pieces.add('removed', before.slice(start, tail(before)))
  pieces.add('added', after.slice(start, tail(after)))
  pieces.add('same', before.slice(tail(before)))
  return pieces.all
}

function replaced(removed: string, added: string): readonly WordChange[] {
  return [
    { type: 'removed', text: removed },
    { type: 'added', text: added }
  ]
}

function isHigh(text: string, index: number): boolean {
  return (text.charCodeAt(index) & 0xfc00) === 0xd800
}

function common(a: number, b: number, same: (n: number) => boolean): number {
  const most = Math.min(a, b)
  let n = 0
  while (n < most && same(n)) n++
  return n
}

/** Pieces in order, neighbours of one type made one. */
function changes(): { readonly all: WordChange[]; add(type: WordChange['type'], text: string): void } {
  const all: WordChange[] = []
  return {
    all,
    add(type, text) {
      if (text === '') return
      const last = all.at(-1)
      if (last?.type === type) all[all.length - 1] = { type, text: last.text + text }
      else all.push({ type, text })
    }
  }
}
