/** JSON while it is still being written. */
import type { Json } from '../json.js'
import { escapes, fromHex, isOpening, isWordPart, number, withoutHalf, words } from './json-characters.js'

export interface PartialJson {
  /** Takes the next piece. The value so far, where it has changed enough to be worth a look; else undefined. */
  push(piece: string): Json | undefined
}

const maxDepth = 1000
/** So far a look is given at each piece; then only when the text has grown by so much, and by what the look costs. */
const shortText = 4000
const growth = 1 / 256
/** What copying costs, in characters: an item of a list is one of many in one go, a member of an object is not. */
const costOfItem = 1 / 16
const costOfMember = 1

const quote = 0x22
const backslash = 0x5c

/** A list or an object that is not closed yet. Only looks are given out, never this. */
interface Open {
  readonly value: unknown[] | Record<string, unknown>
  /** The member of its parent that it is. */
  readonly name: string | undefined
  /** Of an object: the member that is being written. */
  key: string | undefined
  /** What a look at it has to copy. */
  cost: number
}

/** What is being read, or what may come next. */
type State =
  | 'before'
  | 'value'
  | 'first item'
  | 'key'
  | 'first key'
  | 'colon'
  | 'comma'
  | 'text'
  | 'text of a key'
  | 'word'
  | 'over'

/**
 * Reads each character once. What comes before the first `{` or `[` is passed over, what comes after its end is not
 * read, and text that is no JSON ends it: there is no further look then. A text grows as it is written; numbers and
 * words show when they are whole. A value that was given never changes: it shares what is complete with later ones.
 */
export function partialJson(): PartialJson {
  const stack: Open[] = []
  let state: State = 'before'
  /** What has been read of a text, number or word, and of the escape in a text. */
  let token = ''
  let escaped = ''
  let read = 0
  let looked = 0
  let costOfLook = 0
  let changed = false
  let whole: unknown

  function top(): Open {
    return stack[stack.length - 1] as Open
  }

  /** Text that is no JSON. Brackets in the words before an answer are none either: then the search goes on. */
  function wrong(code: number): void {
    const inWords = stack.length === 1 && top().cost === 0 && state !== 'text'
    stack.length = 0
    changed = false
    state = inWords ? 'before' : 'over'
    if (inWords && isOpening(code)) open(code)
  }

  function open(code: number): void {
    if (stack.length >= maxDepth) {
      wrong(0)
      return
    }
    const name = stack.length > 0 ? top().key : undefined
    // An empty root is not worth a look: it may be a bracket in the words before.
    changed ||= stack.length > 0
    stack.push({ value: code === 0x7b ? {} : [], name, key: undefined, cost: 0 })
    state = code === 0x7b ? 'first key' : 'first item'
  }

  function close(): void {
    const { value, name, cost } = stack.pop() as Open
    costOfLook -= cost
    if (stack.length > 0) add(value, name)
    else {
      whole = value
      changed = true
      state = 'over'
    }
  }

  function add(value: unknown, name = top().key): void {
    const parent = top()
    put(parent.value, name, value)
    const cost = Array.isArray(parent.value) ? costOfItem : costOfMember
    parent.cost += cost
    costOfLook += cost
    changed = true
    state = 'comma'
  }

  function between(code: number): void {
    if (code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09) return
    if (state === 'colon') {
      if (code === 0x3a) state = 'value'
      else wrong(code)
    } else if (state === 'comma') {
      const isList = Array.isArray(top().value)
      if (code === (isList ? 0x5d : 0x7d)) close()
      else if (code === 0x2c) state = isList ? 'value' : 'key'
      else wrong(code)
    } else if ((state === 'first item' && code === 0x5d) || (state === 'first key' && code === 0x7d)) {
      close()
    } else if (state === 'key' || state === 'first key') {
      if (code === quote) begin('text of a key')
      else wrong(code)
    } else if (isOpening(code)) {
      open(code)
    } else if (code === quote) {
      begin('text')
      changed = true
    } else {
      wrong(code)
    }
  }

  function begin(next: State): void {
    token = ''
    state = next
  }

  /** Reads on in a text; gives the place after what was read. */
  function text(piece: string, start: number): number {
    const isKey = state === 'text of a key'
    let from = start
    for (let at = start; at < piece.length; at++) {
      const code = piece.charCodeAt(at)
      if (escaped !== '') {
        escaped += piece[at]
        from = at + 1
        const meant = escaped[1] === 'u' ? fromHex(escaped) : escapes[escaped[1] as string]
        if (meant === undefined) return stop(at)
        if (meant !== '') escaped = ''
        token += meant
      } else if (code === quote || code === backslash) {
        token += piece.slice(from, at)
        from = at + 1
        if (code === backslash) escaped = '\\'
        else {
          if (isKey) {
            top().key = token
            state = 'colon'
          } else add(token)
          return from
        }
      } else if (code < 0x20) {
        return stop(at)
      }
    }
    token += piece.slice(from)
    changed ||= !isKey
    return piece.length
  }

  function stop(at: number): number {
    escaped = ''
    wrong(0)
    return at + 1
  }

  /** Reads on in a number, true, false or null. A number is whole when what comes next is no part of it. */
  function word(piece: string, start: number): number {
    let at = start
    while (at < piece.length && isWordPart(piece.charCodeAt(at))) at++
    token += piece.slice(start, at)
    // Looked at while it is short alone: a number of a million digits may come digit by digit.
    if (token.length <= 5 && words.has(token)) add(words.get(token))
    else if (at < piece.length) {
      if (number.test(token)) add(Number(token))
      else wrong(piece.charCodeAt(at))
    }
    return at
  }

  /** What is complete is shared, what is open is copied. */
  function look(): Json | undefined {
    let inner = whole
    let name: string | undefined
    if (state === 'text') {
      inner = withoutHalf(token)
      name = top().key
    }
    for (let level = stack.length - 1; level >= 0; level--) {
      const open = stack[level] as Open
      const copy = Array.isArray(open.value) ? [...open.value] : { ...open.value }
      if (inner !== undefined) put(copy, name, inner)
      inner = copy
      name = open.name
    }
    return inner as Json | undefined
  }

  return {
    push(piece) {
      for (let at = 0; at < piece.length && state !== 'over'; ) {
        if (state === 'text' || state === 'text of a key') at = text(piece, at)
        else if (state === 'word') at = word(piece, at)
        else {
          const code = piece.charCodeAt(at)
          if ((state === 'value' || state === 'first item') && isWordPart(code)) begin('word')
          else {
            at++
            if (state !== 'before') between(code)
            else if (isOpening(code)) open(code)
          }
        }
      }
      read += piece.length
      const least = state === 'over' || read <= shortText ? 0 : Math.max(looked * growth, costOfLook + stack.length)
      if (!changed || read - looked < least) return undefined
      changed = false
      looked = read
      return look()
    }
  }
}

/** `__proto__` is a member like any other. */
function put(into: unknown[] | Record<string, unknown>, key: string | undefined, value: unknown): void {
  if (Array.isArray(into)) into.push(value)
  else if (key === '__proto__') {
    Object.defineProperty(into, key, { value, enumerable: true, configurable: true, writable: true })
  } else into[key as string] = value
}
