/** Fenced blocks: three or more backticks, a language, and what is inside. */

export interface FencedBlock {
  /** What stands right after the backticks, up to white space or a brace; empty where nothing does. */
  readonly language: string
  /** What is inside, from after the language on, trimmed. */
  readonly content: string
  /** The place in the text, backticks included. */
  readonly start: number
  readonly end: number
}

interface Fence {
  readonly start: number
  readonly ticks: number
}

/** A fence and the one that closes it. */
interface Pair {
  readonly open: Fence
  readonly shut: Fence
}

/**
 * The blocks of a text that are in no other, in order. A block opens anywhere in a line. It closes at the first
 * backticks of as many or more that end a line; a line that begins with backticks and a language opens one inside it.
 * Fewer backticks and blocks that nobody closes are text like any other. Each line is read once.
 */
export function fencedBlocks(text: string): FencedBlock[] {
  const open: Fence[] = []
  const pairs: Pair[] = []

  function close(shut: Fence): void {
    const last = open.pop() as Fence
    // Blocks inside it are its content.
    while (pairs.length > 0 && (pairs[pairs.length - 1] as Pair).open.start > last.start) pairs.pop()
    pairs.push({ open: last, shut })
  }

  /** A line while a block is open. */
  function within({ ticks }: Fence, line: number, end: number): void {
    const fence = nextFence(text, line, end, ticks)
    if (!fence) return
    const after = fence.start + fence.ticks
    if (isBlank(text, after, end)) close(fence)
    else if (isBlank(text, line, fence.start) && nextFence(text, after, end, 1) === undefined) open.push(fence)
  }

  /** A line, or what is left of it, while none is open. */
  function outside(from: number, end: number): void {
    for (let at = from; at < end; ) {
      const fence = nextFence(text, at, end, 3)
      if (!fence) return
      open.push(fence)
      const same = nextFence(text, fence.start + fence.ticks, end, fence.ticks)
      if (!same) return
      close(same)
      at = same.start + same.ticks
    }
  }

  for (let line = 0; line < text.length; ) {
    const next = text.indexOf('\n', line)
    const end = next === -1 ? text.length : next
    const inner = open[open.length - 1]
    if (inner) within(inner, line, end)
    else outside(line, end)
    line = end + 1
  }
  return pairs.map(pair => blockOf(text, pair))
}

/** The next run of at least so many backticks. */
function nextFence(text: string, from: number, end: number, least: number): Fence | undefined {
  let ticks = 0
  for (let at = from; at <= end; at++) {
    if (at < end && text.charCodeAt(at) === 0x60) ticks++
    else if (ticks >= least) return { start: at - ticks, ticks }
    else ticks = 0
  }
  return undefined
}

function isBlank(text: string, from: number, end: number): boolean {
  for (let at = from; at < end; at++) if (!isSpace(text.charCodeAt(at))) return false
  return true
}

function isSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d)
}

function blockOf(text: string, { open, shut }: Pair): FencedBlock {
  const begin = open.start + open.ticks
  let at = begin
  while (at < shut.start && !isSpace(text.charCodeAt(at)) && text.charCodeAt(at) !== 0x7b) at++
  return {
    language: text.slice(begin, at),
    content: text.slice(at, shut.start).trim(),
    start: open.start,
    end: shut.start + shut.ticks
  }
}
