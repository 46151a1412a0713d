/** SHA-256 (FIPS 180-4) where the platform has none that is synchronous. */

/** The first 32 bits of the fractional parts of the `root`-th roots of the first primes. */
function fractions(count: number, root: number): Int32Array {
  const found = new Int32Array(count)
  for (let number = 2, at = 0; at < count; number++) {
    let divisor = 2
    while (number % divisor) divisor++
    if (divisor === number) found[at++] = (number ** (1 / root) % 1) * 2 ** 32
  }
  return found
}

const start = /* @__PURE__ */ fractions(8, 2)
const rounds = /* @__PURE__ */ fractions(64, 3)
const schedule = /* @__PURE__ */ new Int32Array(64)

const utf8 = /* @__PURE__ */ new TextEncoder()

/** The hash of a text's UTF-8 bytes, as eight words. */
export function wordsOf(text: string): Int32Array {
  const bytes = utf8.encode(text)
  const { length } = bytes
  const whole = length - (length % 64)
  // The last bytes, a 1 bit, zeros, and the length in bits.
  const rest = new Uint8Array(length % 64 < 56 ? 64 : 128)
  rest.set(bytes.subarray(whole))
  rest[length % 64] = 0x80
  const tail = new DataView(rest.buffer)
  tail.setUint32(rest.length - 8, length / 2 ** 29)
  tail.setUint32(rest.length - 4, length << 3)

  const state = start.slice()
  const body = new DataView(bytes.buffer, bytes.byteOffset)
  for (let at = 0; at < whole; at += 64) block(state, body, at)
  for (let at = 0; at < rest.length; at += 64) block(state, tail, at)
  return state
}

/** Takes 64 bytes into the state. */
function block(state: Int32Array, view: DataView, from: number): void {
  const w = schedule
  for (let i = 0; i < 16; i++) w[i] = view.getInt32(from + 4 * i)
  for (let i = 16; i < 64; i++) {
    const x = w[i - 15] as number
    const y = w[i - 2] as number
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3)
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10)
    w[i] = ((w[i - 16] as number) + s0 + (w[i - 7] as number) + s1) | 0
  }
  // One by one: an iterator here would cost a third more.
  let a = state[0] as number
  let b = state[1] as number
  let c = state[2] as number
  let d = state[3] as number
  let e = state[4] as number
  let f = state[5] as number
  let g = state[6] as number
  let h = state[7] as number
  for (let i = 0; i < 64; i++) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7))
    const t1 = (h + s1 + (g ^ (e & (f ^ g))) + (rounds[i] as number) + (w[i] as number)) | 0
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10))
    const t2 = (s0 + ((a & b) | (c & (a | b)))) | 0
    h = g
    g = f
    f = e
    e = (d + t1) | 0
    d = c
    c = b
    b = a
    a = (t1 + t2) | 0
  }
  state[0] = (state[0] as number) + a
  state[1] = (state[1] as number) + b
  state[2] = (state[2] as number) + c
  state[3] = (state[3] as number) + d
  state[4] = (state[4] as number) + e
  state[5] = (state[5] as number) + f
  state[6] = (state[6] as number) + g
  state[7] = (state[7] as number) + h
}
