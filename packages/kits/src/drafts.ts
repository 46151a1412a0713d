/** The few things that every kit says over and over. */
import type { EventDraft, JsonObject, World, WorldObject } from 'daybook'

/** The object, where there is one with this id and of this type. */
export function objectOf(world: World, id: unknown, type: string): WorldObject | undefined {
  const found = typeof id === 'string' ? world.object(id) : undefined
  return found?.type === type ? found : undefined
}

export function textOf({ data }: WorldObject): string {
  return typeof data.text === 'string' ? data.text : ''
}

export function created(id: string, type: string, data: JsonObject): EventDraft {
  return { type: 'object.created', data: { id, type, data } }
}

export function patched(id: string, patch: JsonObject): EventDraft {
  return { type: 'object.patched', data: { id, patch } }
}

export function related(id: string, type: string, source_id: string, target_id: string): EventDraft {
  return { type: 'relation.created', data: { id, type, source_id, target_id } }
}
