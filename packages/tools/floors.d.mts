export interface Import {
  readonly specifier: string
  readonly typeOnly: boolean
  readonly dynamic: boolean
}
export declare function importsOf(file: string, text: string): Import[]
export declare function roomOf(file: string): string | undefined
export declare function violations(files: Map<string, string>, manifests: Map<string, object>): string[]
export declare function checkFloors(): { lines: string[]; files: number }
