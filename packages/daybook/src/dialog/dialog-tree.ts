/** Where a dialog stands among its forks. */
import type { Dialog, TreeNode } from './dialog.js'

/** What a node is made of, apart from the dialogs that are linked to it. */
export interface NodeFacts {
  readonly parentId?: string | undefined
  readonly depth: number
  readonly splitPoint: number
  readonly lastN: number
  readonly firstK: number
  /** Of forks that are known by id alone, since the dialog was loaded without them. */
  readonly childrenIds?: readonly string[] | undefined
}

export const rootFacts: NodeFacts = { depth: 0, splitPoint: 0, lastN: 0, firstK: 1 }

/** The node of `self`, whose owner adds to `children` as it is forked. */
export function treeNode(self: Dialog, facts: NodeFacts, children: readonly Dialog[], parent?: Dialog): TreeNode {
  const { parentId, depth, splitPoint, lastN, firstK, childrenIds = [] } = facts
  return {
    id: self.id,
    parentId,
    parent,
    get children() {
      return Object.freeze([...children])
    },
    get childrenIds() {
      return Object.freeze([...childrenIds, ...children.map(child => child.id)])
    },
    depth,
    isRoot: parentId === undefined,
    splitPoint,
    lastN,
    firstK,
    subtreeIds() {
      const ids = [self.id]
      const dialogs = [self]
      for (const dialog of dialogs) {
        for (const id of dialog.tree.childrenIds) ids.push(id)
        for (const child of dialog.tree.children) dialogs.push(child)
      }
      return Object.freeze(ids)
    }
  }
}
