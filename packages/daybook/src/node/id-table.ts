/**
 * Where in a ledger an id is, for millions of ids: 12 bytes each in flat arrays, where a Map of strings needs ten times
 * as much. It keeps a 64-bit hash in place of the id, so a find is a guess that the caller checks in the file.
 */
export interface IdTable {
  add(id: string, position: number): void
  /** The position among those of this id's hash that `is` says yes to. */
  find(id: string, is: (position: number) => boolean): number | undefined
  /** To be kept and made a table of again. Every position up to the last must have been added, once. */
  hashes(): IdHashes
}

/** The two halves of the hash of each id, by its position. */
export interface IdHashes {
  readonly seed: number
  readonly low: Uint32Array
  readonly high: Uint32Array
}

/** @param known What an earlier table held. */
export function idTable(known?: IdHashes): IdTable {
  const seed = known?.seed ?? ownSeed
  let capacity = 64
  let count = known?.low.length ?? 0
  while (count > capacity * 0.7) capacity *= 2
  let low = new Uint32Array(capacity)
  let high = new Uint32Array(capacity)
  let places = new Uint32Array(capacity) // the position + 1; 0: free

  function insert(a: number, b: number, place: number): void {
    let slot = a & (capacity - 1)
    while (places[slot] !== 0) slot = (slot + 1) & (capacity - 1)
    low[slot] = a
    high[slot] = b
    places[slot] = place
  }

  function grow(): void {
    const [oldLow, oldHigh, oldPlaces] = [low, high, places]
    capacity *= 2
    low = new Uint32Array(capacity)
    high = new Uint32Array(capacity)
    places = new Uint32Array(capacity)
    for (let slot = 0; slot < oldPlaces.length; slot++) {
      const place = oldPlaces[slot] as number
      if (place !== 0) insert(oldLow[slot] as number, oldHigh[slot] as number, place)
    }
  }

  if (known) for (let n = 0; n < count; n++) insert(known.low[n] as number, known.high[n] as number, n + 1)

  return {
    add(id, position) {
      if (++count > capacity * 0.7) grow()
      hash(id, seed)
      insert(hashLow, hashHigh, position + 1)
    },
    find(id, is) {
      hash(id, seed)
      const [a, b] = [hashLow, hashHigh]
      for (let slot = a & (capacity - 1); places[slot] !== 0; slot = (slot + 1) & (capacity - 1)) {
        const position = (places[slot] as number) - 1
        if (low[slot] === a && high[slot] === b && is(position)) return position
      }
      return undefined
    },
    hashes() {
      const found = { seed, low: new Uint32Array(count), high: new Uint32Array(count) }
      for (let slot = 0; slot < capacity; slot++) {
        const place = places[slot] as number
        if (place === 0) continue
        found.low[place - 1] = low[slot] as number
        found.high[place - 1] = high[slot] as number
      }
      return found
    }
  }
}

// Not the same in every process: nobody can make ids that all fall into one slot.
const ownSeed = Math.floor(Math.random() * 2 ** 32)

// The two halves of the hash of the last id: two results without an object for each of millions of ids.
let hashLow = 0
let hashHigh = 0

/** Two FNV-1a over UTF-16 units, each with a last stir, since ids of one type differ only at their ends. */
function hash(text: string, seed: number): void {
  let a = seed
  let b = 0x9747b28c
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    a = Math.imul(a ^ unit, 0x01000193)
    b = Math.imul(b ^ unit, 0x85ebca77)
  }
  hashLow = stirred(a)
  hashHigh = stirred(b)
}

function stirred(value: number): number {
  const once = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  const twice = Math.imul(once ^ (once >>> 13), 0xc2b2ae35)
  return (twice ^ (twice >>> 16)) >>> 0
}
