/** The actions of the panel, whose list is on its way before somebody can press a key. */
import type { Action, ActionContext } from './actions.js'

let coming: Promise<typeof import('./actions.js')> | undefined
let list: ((context: ActionContext) => readonly Action[]) | undefined

export function loadActions(): Promise<typeof import('./actions.js')> {
  coming ??= import('./actions.js').then(
    module => {
      list = module.actionsOf
      return module
    },
    (error: unknown) => {
      coming = undefined // the next key tries again
      throw error
    }
  )
  return coming
}

/** Without a wait where they are there. */
export function actionsIn(context: ActionContext): readonly Action[] | Promise<readonly Action[]> {
  return list?.(context) ?? loadActions().then(({ actionsOf }) => actionsOf(context))
}
