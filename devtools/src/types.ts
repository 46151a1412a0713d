/** The public types. Without JSX, so that whoever reads them needs no React. */
import type { DevtoolsSource } from './model/source.js'
import type { SourceInput } from './sources/source-of.js'

export type { DevtoolsSource, LedgerFollower, SourceStatus } from './model/source.js'
export type { SourceInput } from './sources/source-of.js'

export interface DevtoolsOptions {
  /** `auto` follows the system. */
  readonly theme?: 'auto' | 'light' | 'dark'
  /** `inline` fills the target; `docked` stands at the bottom of the window, above everything. */
  readonly mode?: 'inline' | 'docked'
  /** In pixels: of the inline panel (default 480) or of the dock (default 320). */
  readonly height?: number
  /** Docked: whether it begins open (default) or as its small trigger. */
  readonly open?: boolean
  /** The run to show first, such as `run:8`. */
  readonly run?: string
}

export interface MountedDevtools {
  unmount(): void
}

/** See {@link mountDevtools}. */
export type MountDevtools = (
  target: Element | ShadowRoot,
  source: SourceInput | DevtoolsSource,
  options?: DevtoolsOptions
) => MountedDevtools
