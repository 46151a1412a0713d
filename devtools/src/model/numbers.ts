/**
 * Numbers as the panel writes them: three significant digits, one unit a column, `–` for what is not known, `≈` for an
 * estimate. Zero is only ever a true zero.
 */

export const unknown = '–'
/** Keeps a figure and its unit on one line. */
const thin = '\u00a0'

type Maybe = number | null | undefined

function known(value: Maybe): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}

/** Three significant digits, without an exponent: 0.00432, 1.24, 12.4, 812. */
function three(value: number): string {
  if (value === 0) return '0'
  const decimals = Math.max(0, Math.min(8, 2 - Math.floor(Math.log10(Math.abs(value)))))
  const text = value.toFixed(decimals)
  // 9.999 rounds to 10.00, which has one digit too many.
  return decimals > 0 && text.replace(/^[-0.]+/, '').replace('.', '').length > 3 ? value.toFixed(decimals - 1) : text
}

/** 812, 12.4k, 1.38M. */
export function count(value: Maybe): string {
  if (!known(value)) return unknown
  const size = Math.abs(value)
  if (size < 999.5) return Number.isInteger(value) ? String(value) : three(value)
  if (size < 999_500) return `${three(value / 1000)}k`
  if (size < 999_500_000) return `${three(value / 1e6)}M`
  return `${three(value / 1e9)}G`
}

/** Every digit, in groups of three: 1 482. */
export function grouped(value: Maybe): string {
  if (!known(value)) return unknown
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, '\u202f')
}

/** $0.0616, $0.0046, $1.24, $12.4, $0. */
export function usd(value: Maybe, estimated = false): string {
  if (!known(value)) return unknown
  const size = Math.abs(value)
  // Four decimals are enough for what is not tiny: $0.0046, not $0.00460. What is has six, or its first digit.
  const decimals = size >= 0.001 ? 4 : Math.min(20, Math.max(6, Math.ceil(-Math.log10(size))))
  const text =
    size >= 1000
      ? grouped(value)
      : size >= 0.01 || size === 0
        ? three(value)
        : value.toFixed(decimals).replace(/(\.000\d*?)0+$/, '$1')
  return estimated && value !== 0 ? `≈${thin}$${text}` : `$${text}`
}

/** The dollar column of the ledger: four decimals without the leading zero, so that the points align. */
export function cents(value: Maybe, estimated = false): string {
  if (!known(value)) return unknown
  if (value === 0) return '0'
  const sign = estimated ? '≈' : ''
  if (value > 0 && value < 0.00005) return '<.0001'
  return sign + value.toFixed(value >= 10 ? 2 : value >= 1 ? 3 : 4).replace(/^0(?=\.)/, '')
}

/** 812 ms, 1.24 s, 48.1 s, 4 min 12 s, 2 h 5 min. */
export function duration(ms: Maybe): string {
  if (!known(ms)) return unknown
  if (ms < 999.5) return `${Math.round(ms)}${thin}ms`
  const seconds = ms / 1000
  if (seconds < 99.95) return `${three(seconds)}${thin}s`
  if (seconds < 3599.5) {
    const whole = Math.round(seconds)
    return `${Math.floor(whole / 60)}${thin}min ${whole % 60}${thin}s`
  }
  const minutes = Math.round(seconds / 60)
  return `${Math.floor(minutes / 60)}${thin}h ${minutes % 60}${thin}min`
}

/** Seconds since the start, for the time column: three decimals while they fit in seven characters. */
export function seconds(ms: Maybe): string {
  if (!known(ms)) return unknown
  const value = ms / 1000
  return value.toFixed(value < 100 ? 3 : value < 1000 ? 2 : value < 10_000 ? 1 : 0)
}

/** 74 tok/s. */
export function rate(tokensPerSecond: Maybe): string {
  if (!known(tokensPerSecond)) return unknown
  return `${tokensPerSecond >= 10 ? grouped(tokensPerSecond) : three(tokensPerSecond)}${thin}tok/s`
}

/** 1.1 kB, 3.2 MB. */
export function bytes(value: Maybe): string {
  if (!known(value)) return unknown
  if (value < 1000) return `${value}${thin}B`
  return value < 999_500 ? `${three(value / 1000)}${thin}kB` : `${three(value / 1e6)}${thin}MB`
}

/** How long ago, for people: now, 12 s, 3 min, 5 h, 2 d. */
export function ago(ms: number): string {
  if (ms < 5000) return 'now'
  if (ms < 60_000) return `${Math.floor(ms / 1000)}${thin}s ago`
  if (ms < 3_600_000) return `${Math.floor(ms / 60_000)}${thin}min ago`
  if (ms < 86_400_000) return `${Math.floor(ms / 3_600_000)}${thin}h ago`
  return `${Math.floor(ms / 86_400_000)}${thin}d ago`
}
