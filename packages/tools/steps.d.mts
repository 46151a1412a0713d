export interface StepResult {
  readonly passed: number
  readonly failed: number
  readonly skipped?: number
  readonly output?: string
  readonly note?: string
}
export interface Report {
  step(name: string, body: () => Promise<StepResult>): Promise<boolean>
  close(): 0 | 1
}
export declare function report(write?: (text: string) => void): Report
export declare function shortened(output: string, whole: string, bounds?: [first: number, last: number]): string
