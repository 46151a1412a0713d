/** What a wire format is: a mapping from requests to its JSON, and from its JSON to deltas and an answer. Nothing else. */
import type { Json } from '../../json.js'
import type { Api, LLMDelta, LLMRequest, LLMResponse } from '../llm.js'
import type { OpenCall } from './assembly.js'
import type { Profile } from './profile.js'

export interface Wire {
  readonly api: Api
  /** Appended to the base address. */
  readonly path: string
  /** The body to send, and the parameters that had to be left out. */
  render(request: LLMRequest, profile: Profile): Rendered
  /** Reads one answer: pushes its deltas and makes the response of them. */
  reader(deltas: LLMDelta[], peer: Peer): WireReader
}

export interface Rendered {
  readonly body: Readonly<Record<string, unknown>>
  readonly dropped: readonly string[]
  /** Headers that the body needs beside it; a value is added to what the caller sends under the same name. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly keeper?: Keeper
}

/** Keeps of one answer what a later request must bring back beside the common form. It comes with what renders requests. */
export interface Keeper {
  /** Reads the members of a piece of the message, or of the whole. */
  message(members: Readonly<Record<string, unknown>>, streamed: boolean): void
  /** Reads the members of a piece of a call. */
  call(call: OpenCall, members: Readonly<Record<string, unknown>>): void
  content(calls: readonly OpenCall[]): Json | undefined
}

/**
 * How an answer ended: `done`, its format's own mark came, or it was one whole JSON; `closed`, the connection ended;
 * `iterated`, a client that hides the mark said that there is no more.
 */
export type Ending = 'done' | 'closed' | 'iterated'

export interface WireReader {
  /** Takes one event of a stream. True when it was the last. */
  event(json: unknown, name?: string): boolean
  /** Takes an answer that came in one piece. */
  whole(json: unknown): void
  /** @throws IncompleteStreamError where the answer did not come to its end. */
  response(ending: Ending): LLMResponse
}

/** Who is talked to: for messages and errors. */
export interface Peer {
  readonly provider: string
  readonly model: string
  /** Host and port. */
  readonly host: string
  /** What must never be shown, in whatever the provider says. */
  secrets: readonly string[]
  requestId?: string | undefined
  /** Of this answer; known when its request is rendered, and so before anything is read. */
  keeper?: Keeper | undefined
}

/** What a person calls the peer. */
export function nameOf(peer: Peer): string {
  return peer.provider === 'custom' ? peer.host : peer.provider
}

const none: Readonly<Record<string, unknown>> = Object.freeze({})

/** The value if it is an object, else one without members: wire JSON is read without trusting its shape. */
export function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : none
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

export function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** A number of tokens, or undefined for anything that cannot be one. */
export function count(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : undefined
}

/** Without the members that are undefined. */
export function defined<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never
}

/** JSON, or undefined. */
export function parsed(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}

/** What a tool was called with, as an object, which is all that Messages take. */
export function inputOf(written: string): unknown {
  if (written.trim() === '') return {}
  const value = parsed(written)
  return record(value) === value ? value : { INVALID_JSON: written }
}
