/** The kit that a run was made with, as its ledger names it. */
import type { AnyEvent, JsonObject, Kit } from 'daybook'
import { InputError } from 'daybook/errors'
import type { Context } from '../command.js'
import { isIncluded, loadKit } from '../kit.js'
import type { OpenRun } from '../open-run.js'
import { oneLine } from '../print/format.js'

export interface KitOfRun {
  readonly kit: Kit
  readonly loaded: {
    readonly name: string
    readonly version: string
    readonly goal: string
    readonly options: JsonObject
    readonly model: string | undefined
  }
}

/**
 * @param given Where the kit is, as on the command line; left out: the included one of the name in the ledger.
 * @throws InputError where the ledger is no run of a kit, or of one that is not included.
 */
export async function kitOfRun(run: OpenRun, given: string | undefined, context: Context): Promise<KitOfRun> {
  for await (const recorded of run.events()) {
    const event = recorded as AnyEvent
    if (event.type !== 'kit.loaded') continue
    const { name, version, goal = '', options = {} } = event.data
    if (given === undefined && !isIncluded(name)) {
      throw new InputError(
        `${run.short} was made with the kit "${oneLine(name, 40)}", which is not included: pass --kit ./its-module.mjs.`
      )
    }
    const kit = await loadKit(given ?? name, context.io.cwd)
    if (kit.name !== name) {
      throw new InputError(
        `${run.short} was made with the kit "${oneLine(name, 40)}", not with "${oneLine(kit.name, 40)}": pass another --kit.`
      )
    }
    const model = typeof options.model === 'string' ? options.model : undefined
    return { kit, loaded: { name, version, goal, options, model } }
  }
  throw new InputError(`${run.short} is no run of a kit: its ledger does not say which kit made it.`)
}
