import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { Dialog } from './dialog.js'

const file = `${process.env.DAYBOOK_FIXTURES ?? '../shared/fixtures'}/lllm/dialog-fork.json`
const present = existsSync(file)

interface Vector {
  readonly parentMessages: readonly string[]
  readonly lastN: number
  readonly firstK: number
  readonly childMessages: readonly string[]
  readonly splitPoint: number
  readonly nodeLastN: number
  readonly nodeFirstK: number
  readonly parentUnchanged: boolean
  readonly childrenCount: number
  readonly parentIdSet: boolean
}

const vectors: readonly Vector[] = present ? JSON.parse(readFileSync(file, 'utf8')).cases : []

/** What a vector says of the node, and where ours says something else. */
function expectedNode({ parentMessages, splitPoint, nodeLastN, nodeFirstK }: Vector) {
  const different: string[] = []
  // Theirs is the number of messages that were copied, which the fork's length says already. Ours is where in the
  // parent it left, which nothing else says once the parent has grown.
  if (splitPoint !== parentMessages.length) different.push('split point')
  // Any number below 0 means all, which is written as 0.
  if (nodeLastN < 0) different.push('last n')
  const node = { splitPoint: parentMessages.length, lastN: Math.max(nodeLastN, 0), firstK: nodeFirstK }
  return { node, different }
}

describe.skipIf(!present)(`recorded forks${present ? '' : ' (recorded answers not present)'}`, () => {
  test.each(vectors)('$parentMessages.length messages, lastN $lastN, firstK $firstK', vector => {
    const parent = new Dialog()
    for (const text of vector.parentMessages) parent.putText(text)
    const before = parent.messages
    const child = parent.fork({ lastN: vector.lastN, firstK: vector.firstK })
    expect(child.messages.map(({ content }) => content)).toEqual(vector.childMessages)
    expect(child.messages.every(message => before.includes(message))).toBe(true)
    expect(child.tree).toMatchObject(expectedNode(vector).node)
    expect(parent.messages === before).toBe(vector.parentUnchanged)
    expect(parent.tree.children.length).toBe(vector.childrenCount)
    expect(child.tree.parentId === parent.id).toBe(vector.parentIdSet)
  })

  test('the differences are those that are listed', () => {
    const different = vectors.map(vector => expectedNode(vector).different.join())
    const count = (what: string) => different.filter(found => found.includes(what)).length
    expect({ all: vectors.length, split: count('split point'), negative: count('last n') }).toEqual({
      all: 66,
      split: 13,
      negative: 6
    })
  })
})

test('a thousand forks of a long dialog take no memory for its messages', () => {
  const bytesOfForks = (length: number): number => {
    const dialog = new Dialog()
    for (let index = 0; index < length; index++) dialog.putText('x')
    const before = process.memoryUsage()
    const forks = Array.from({ length: 1000 }, () => dialog.fork())
    const after = process.memoryUsage()
    expect(forks.at(-1)?.tail).toBe(dialog.tail)
    expect(dialog.tree.children.length).toBe(1000)
    return after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers
  }
  // Lists of 20,000 references each would be 160 MB.
  expect(bytesOfForks(20_000)).toBeLessThan(20_000_000)
})
