export interface Locked {
  readonly version?: string
  readonly integrity?: string
  readonly optional?: boolean
  readonly link?: boolean
}
export declare function difference(
  wanted: Record<string, Locked>,
  installed: Record<string, Locked> | undefined,
  exists: (path: string) => boolean
): string | undefined
export declare function install(say?: (line: string) => void): Promise<void>
