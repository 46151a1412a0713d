/** A world as lines: how much of what there is, and what each object says. */
import type { World, WorldObject } from 'daybook'
import { telling } from './event-lines.js'
import { oneLine, plural } from './format.js'
import type { Paint } from './paint.js'

/** `8: 1 Goal, 3 Question`, in the order of their first. */
export function countedTypes(things: Iterable<{ readonly type: string }>): string {
  const counts = new Map<string, number>()
  let all = 0
  for (const { type } of things) {
    counts.set(type, (counts.get(type) ?? 0) + 1)
    all++
  }
  const each = [...counts].map(([type, n]) => `${n} ${oneLine(type, 30)}`)
  return all === 0 ? 'none' : `${all}: ${each.join(', ')}`
}

/** One line for each of the first `most` objects, and one that says how many more there are. */
export function objectLines(
  world: World,
  { paint, width, most }: { readonly paint: Paint; readonly width: number; readonly most: number }
): string[] {
  const shown = [...world.objects.values()].slice(0, most)
  const types = Math.min(20, Math.max(0, ...shown.map(({ type }) => type.length)))
  const more = world.objects.size - shown.length
  return [
    ...shown.map(object => {
      const type = oneLine(object.type, types).padEnd(types)
      return `  ${paint('muted', '□')} ${type}  ${objectText(object, width - types - 6)}`.trimEnd()
    }),
    ...(more > 0 ? [paint('muted', `    and ${plural(more, 'more object')}`)] : [])
  ]
}

/** What an object says, in one line. */
export function objectText({ id, data }: WorldObject, width: number): string {
  const words = telling(data)
  return oneLine(words === '' ? id : words, width)
}
