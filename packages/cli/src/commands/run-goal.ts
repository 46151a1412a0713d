/** One run on a goal: what `run` and `start` share. */
import { randomBytes } from 'node:crypto'
import type { Kit } from 'daybook'
import { InputError } from 'daybook/errors'
import type { Context } from '../command.js'
import type { Provider } from '../providers.js'
import type { Stores } from '../stores.js'
import { followRun, type Outcome } from './follow-run.js'

export interface Asked {
  readonly kit: Kit
  readonly goal: string
  readonly provider: Provider
  readonly budgetUsd?: number | undefined
}

/** @throws InputError for an empty goal; everything that fails later is printed, and the exit code says so. */
export async function runGoal(
  { kit, goal, provider, budgetUsd }: Asked,
  stores: Stores,
  context: Context
): Promise<Outcome> {
  if (goal.trim() === '') throw new InputError('The goal is empty: pass --goal "a question".')
  const id = freshId()
  return followRun(
    {
      name: `run:${id}`,
      title: `${kit.name} ${kit.version}, run ${id}`,
      goal,
      provider,
      budgetUsd,
      start: (daybook, options) => daybook.run(kit, goal, { id, ...options })
    },
    stores,
    context
  )
}

/** 12 hexadecimal digits. */
export function freshId(): string {
  return randomBytes(6).toString('hex')
}
