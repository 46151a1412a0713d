/** The sheet of keys: every action that has one, by group. */
import { type Action, actionGroups } from './actions.js'
import { keyCaps } from './keys.js'
import { Keys, Modal } from './modal.js'
import type { OverlayProps } from './overlays.js'

export function Help({ actions, onClose }: OverlayProps) {
  const all = actions()
  return (
    <Modal label="Keys" className="help" titled onClose={onClose}>
      {() => (
        <>
          <div className="groups">
            {actionGroups.map(group => (
              <div key={group} className="group">
                <h3>{group}</h3>
                <dl>
                  {lines(all.filter(action => action.group === group)).map(({ label, keys }) => (
                    <div key={label}>
                      <dt>{label}</dt>
                      <dd>
                        {keys.map(key => (
                          <Keys key={key} caps={keyCaps(key)} />
                        ))}
                      </dd>
                    </div>
                  ))}
                </dl>
              </div>
            ))}
          </div>
          <div className="foot meta">
            The keys act while the panel has the focus, and never while you type. Ctrl or ⌘ with Enter runs a form.
          </div>
        </>
      )}
    </Modal>
  )
}

/** Two keys for the same thing stand in one line. */
function lines(actions: readonly Action[]): readonly { readonly label: string; readonly keys: readonly string[] }[] {
  const byLabel = new Map<string, string[]>()
  for (const { label, keys } of actions) {
    if (keys.length > 0) byLabel.set(label, [...(byLabel.get(label) ?? []), ...keys])
  }
  return [...byLabel].map(([label, keys]) => ({ label, keys }))
}
