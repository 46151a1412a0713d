export interface Chunk {
  readonly fileName: string
  readonly code: string
}
export declare function bundled(code: string): Promise<{ chunks: Chunk[]; faults: string[] }>
export declare function size(chunks: readonly Chunk[]): number
