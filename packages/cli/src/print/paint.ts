/** Colours, where they are wanted. Only families of events have one; everything else is bold, plain or muted. */

const codes = {
  bold: [1, 22],
  muted: [2, 22],
  underline: [4, 24],
  error: [31, 39],
  response: [32, 39],
  cache: [33, 39],
  request: [34, 39],
  tool: [35, 39],
  live: [36, 39]
} as const

export type Style = keyof typeof codes
export type Paint = (style: Style | undefined, text: string) => string

/** Paints on a terminal unless `NO_COLOR` is set to anything, and never in a pipe. */
export function painter(isTTY: boolean, env: Readonly<Record<string, string | undefined>>): Paint {
  if (!isTTY || env.NO_COLOR || env.TERM === 'dumb') return (_style, text) => text
  return (style, text) => {
    if (style === undefined || text === '') return text
    const [on, off] = codes[style]
    return `\u001B[${on}m${text}\u001B[${off}m`
  }
}
