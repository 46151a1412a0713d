export interface Chunk {
  readonly fileName: string
  readonly code: string
}
export declare function bundled(code: string): Promise<{ chunks: Chunk[]; faults: string[] }>
export declare function size(chunks: readonly Chunk[]): number
export declare function reached(
  chunks: ReadonlyMap<string, { readonly code: string }>,
  from: readonly string[],
  options?: { readonly all?: boolean; readonly skip?: (name: string) => boolean }
): string[]
