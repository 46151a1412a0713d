/** The one set of pictures: 12 × 12, stroke 1.4, round caps. No fonts, no emoji. */
import type { ReactNode } from 'react'
import type { Glyph as GlyphName } from '../model/family.js'

const glyphs: Readonly<Record<GlyphName, ReactNode>> = {
  request: <path d="M6 2.2 10.3 9.6H1.7z" fill="currentColor" stroke="currentColor" strokeWidth="1" />,
  response: <path d="M6 9.8 1.7 2.4h8.6z" fill="currentColor" stroke="currentColor" strokeWidth="1" />,
  stream: (
    <path d="M1.2 3.3c1.6-1.5 3.2-1.5 4.8 0s3.2 1.5 4.8 0M1.2 6.3c1.6-1.5 3.2-1.5 4.8 0s3.2 1.5 4.8 0M1.2 9.3c1.6-1.5 3.2-1.5 4.8 0s3.2 1.5 4.8 0" />
  ),
  tool: (
    <path d="M10.7 3.4 8.9 5.2 6.8 3.1l1.8-1.8a3.1 3.1 0 0 0-4 4L1.5 8.4a1.5 1.5 0 0 0 2.1 2.1l3.1-3.1a3.1 3.1 0 0 0 4-4z" />
  ),
  cache: (
    <>
      <ellipse cx="6" cy="2.9" rx="4.2" ry="1.7" />
      <path d="M1.8 2.9v6.2c0 .9 1.9 1.7 4.2 1.7s4.2-.8 4.2-1.7V2.9M1.8 6c0 .9 1.9 1.7 4.2 1.7s4.2-.8 4.2-1.7" />
    </>
  ),
  world: <rect x="2" y="2" width="8" height="8" rx="1" />,
  relation: (
    <>
      <circle cx="2.6" cy="6" r="1.7" />
      <circle cx="9.4" cy="6" r="1.7" />
      <path d="M4.3 6h3.4" />
    </>
  ),
  branch: (
    <>
      <circle cx="3" cy="2.6" r="1.5" />
      <circle cx="9" cy="2.6" r="1.5" />
      <circle cx="6" cy="9.6" r="1.5" />
      <path d="M3 4.1c0 2 3 1.6 3 4M9 4.1c0 2-3 1.6-3 4" />
    </>
  ),
  error: <path d="m2.4 2.4 7.2 7.2M9.6 2.4 2.4 9.6" strokeWidth="1.7" />,
  other: <circle cx="6" cy="6" r="2.2" />
}

export function Glyph({ name, tinted = true }: { readonly name: GlyphName; readonly tinted?: boolean }) {
  return (
    <svg
      className={tinted ? `f-${name}` : undefined}
      width="12"
      height="12"
      viewBox="0 0 12 12"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.4"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {glyphs[name]}
    </svg>
  )
}

const icons = {
  down: <path d="m3 4.5 3 3 3-3" />,
  right: <path d="m4.5 3 3 3-3 3" />,
  left: <path d="m7.5 3-3 3 3 3" />,
  up: <path d="m3 7.5 3-3 3 3" />,
  check: <path d="m2.2 6.4 2.6 2.6 5-5.6" />,
  minus: <path d="M1.8 6h8.4" />,
  plus: <path d="M6 1.8v8.4M1.8 6h8.4" />,
  close: <path d="m2.6 2.6 6.8 6.8M9.4 2.6 2.6 9.4" />,
  search: (
    <>
      <circle cx="5.1" cy="5.1" r="3.5" />
      <path d="m7.8 7.8 3 3" />
    </>
  ),
  moon: <path d="M10.2 7.2A4.6 4.6 0 0 1 4.8 1.8a4.6 4.6 0 1 0 5.4 5.4z" />,
  sun: (
    <>
      <circle cx="6" cy="6" r="2.1" />
      <path d="M6 .9v1M6 10.1v1M.9 6h1M10.1 6h1M2.4 2.4l.7.7M8.9 8.9l.7.7M9.6 2.4l-.7.7M3.1 8.9l-.7.7" />
    </>
  ),
  auto: (
    <>
      <circle cx="6" cy="6" r="4.4" />
      <path d="M6 1.6a4.4 4.4 0 0 1 0 8.8z" fill="currentColor" />
    </>
  ),
  dots: (
    <g fill="currentColor" stroke="none">
      <circle cx="1.9" cy="6" r="1.1" />
      <circle cx="6" cy="6" r="1.1" />
      <circle cx="10.1" cy="6" r="1.1" />
    </g>
  ),
  copy: (
    <>
      <rect x="4" y="4" width="6.6" height="6.6" rx="1.2" />
      <path d="M2.4 8a1 1 0 0 1-1-1V2.6a1.2 1.2 0 0 1 1.2-1.2H7a1 1 0 0 1 1 1" />
    </>
  ),
  node: (
    <>
      <rect x="1.4" y="1.6" width="9.2" height="3.8" rx="1" />
      <rect x="1.4" y="6.6" width="9.2" height="3.8" rx="1" />
      <path d="M3.6 3.5h.1M3.6 8.5h.1" />
    </>
  ),
  page: (
    <>
      <rect x="1.4" y="1.8" width="9.2" height="8.4" rx="1.2" />
      <path d="M1.6 4.4h8.8" />
    </>
  ),
  file: <path d="M7 1.2H3.2A1 1 0 0 0 2.2 2.2v7.6a1 1 0 0 0 1 1h5.6a1 1 0 0 0 1-1V4zM7 1.2V4h2.8" />,
  expand: <path d="M7.2 1.6h3.2v3.2M10.2 1.8 7 5M4.8 10.4H1.6V7.2M1.8 10.2 5 7" />,
  shrink: <path d="M10.4 4.8H7.2V1.6M7.4 4.6l3.2-3.2M1.6 7.2h3.2v3.2M4.6 7.4l-3.2 3.2" />,
  play: <path d="M3.4 2.2 9.6 6 3.4 9.8z" fill="currentColor" />,
  pause: <path d="M4 2.6v6.8M8 2.6v6.8" strokeWidth="2.2" />,
  next: <path d="M4 2.6 8.6 6 4 9.4z" fill="currentColor" />,
  previous: <path d="M8 2.6 3.4 6 8 9.4z" fill="currentColor" />,
  last: <path d="M2.6 2.6 7.2 6 2.6 9.4zM9.4 2.6v6.8" fill="currentColor" />,
  first: <path d="M9.4 2.6 4.8 6l4.6 3.4zM2.6 2.6v6.8" fill="currentColor" />,
  pin: <path d="M4 1.6h4M4.6 1.8v3L3 6.8h6L7.4 4.8v-3M6 7v3.6" />,
  popout: <path d="M5 2H2.2v7.8H10V7M7 1.8h3.2V5M10 2 5.6 6.4" />,
  command: (
    <path d="M4.4 4.4h3.2v3.2H4.4zM4.4 4.4H3.2a1.2 1.2 0 1 1 1.2-1.2zM7.6 4.4V3.2a1.2 1.2 0 1 1 1.2 1.2zM7.6 7.6h1.2a1.2 1.2 0 1 1-1.2 1.2zM4.4 7.6v1.2a1.2 1.2 0 1 1-1.2-1.2z" />
  )
} as const

export type IconName = keyof typeof icons

export function Icon({ name, size = 12 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 12 12"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.3"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {icons[name]}
    </svg>
  )
}

/** An open book with lines: Daybook's mark. */
export function Mark() {
  return (
    <svg width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">
      <rect x=".5" y=".5" width="13" height="13" rx="3" fill="currentColor" />
      <path d="M3.6 4.4h6.8M3.6 7h6.8M3.6 9.6h4" stroke="var(--surface)" strokeWidth="1.4" strokeLinecap="round" />
    </svg>
  )
}
