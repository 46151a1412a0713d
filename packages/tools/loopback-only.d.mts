export declare const notesVariable: string
export declare function isLoopback(host: string): boolean
export declare function noteSeparately(): void
export declare function takeNotes(): string[]
