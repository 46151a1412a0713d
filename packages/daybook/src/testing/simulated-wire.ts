/** What the three forms share in which the simulated provider speaks, whole and as server-sent events. */
import type { SimulatedAnswer } from './simulated-answer.js'

/** One server-sent event; a delta is what a reader would see, and so what there is to wait for. */
export interface Frame {
  readonly text: string
  readonly delta: boolean
}

export interface SimulatedWire {
  /** @param body The request: what it asks for beside the answer. */
  json(answer: SimulatedAnswer, body: Readonly<Record<string, unknown>>): unknown
  frames(answer: SimulatedAnswer, body: Readonly<Record<string, unknown>>): readonly Frame[]
}

export const shown = (text: string): Frame => ({ text, delta: true })
export const still = (text: string): Frame => ({ text, delta: false })

/** The same second for everything, so that equal requests have equal answers. */
export const created: number = Date.UTC(2026, 0, 1) / 1000

/** An event whose name is the type of its data. */
export function typed(type: string, data: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`
}
