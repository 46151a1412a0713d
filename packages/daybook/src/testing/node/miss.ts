/** What is said where a cassette has no recording of a request. */
import { basename } from 'node:path'
import { type DaybookError, ReplayMissError } from '../../errors.js'
import { inWords, missOf } from '../../ledger/nearest.js'
import type { LLMRequest } from '../../llm/llm.js'
import type { FieldChange } from '../../world/diff-worlds.js'
import { howToRecord } from './cassette-file.js'
import type { Shelf } from './shelf.js'

const shownFields = 5

export interface MissOptions {
  readonly file: string
  /** Undefined where there is no file. */
  readonly shelf: Shelf | undefined
  /** A recording that was cut off, where there is one. */
  readonly part: string | undefined
}

/** `data` has `file`, and where something is recorded `nearest` (its request id) and `fields`, what differs from it. */
export function missIn(request: LLMRequest, { file, shelf, part }: MissOptions): DaybookError {
  const hint = `Record it: ${howToRecord}.`
  if (!shelf) {
    const lost = part === undefined ? '' : ` A recording of it was cut off: what there was is in ${part}.`
    return new ReplayMissError(`There is no cassette ${file}.${lost}\n${hint}`, { hint, data: { file } })
  }
  const name = basename(file)
  const count = shelf.of(request).length
  if (count > 0) {
    const times = count === 1 ? 'once' : `${count} times`
    const message = `The cassette ${name} has this request ${times}, and it is asked once more.\n${hint}`
    return new ReplayMissError(message, { hint, data: { file, count } })
  }
  const { data } = missOf(request, shelf.recordings)
  const { nearest, fields } = data as { readonly nearest?: string; readonly fields: readonly FieldChange[] }
  const place = shelf.recordings.findIndex(({ requestId }) => requestId === nearest) + 1
  const differs = fields.length > 0 ? 'differs' : 'is the same, but has no answer'
  const nearby = place > 0 ? `The nearest is number ${place}, which ${differs}` : 'Nothing is recorded in it.'
  const lines = [
    `The cassette ${name} has no recording of this request. ${nearby}`,
    ...fields.slice(0, shownFields).map(field => `  ${inWords([field], 'is asked')}`),
    ...(fields.length > shownFields ? [`  and in ${fields.length - shownFields} more`] : []),
    hint
  ]
  return new ReplayMissError(lines.join('\n'), { hint, data: { file, nearest, fields } })
}
