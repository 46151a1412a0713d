/** The kits that come with the panel, each loaded when it is first needed. */
import type { Kit } from 'daybook'

const kits: Readonly<Record<string, () => Promise<{ default: Kit }>>> = {
  research: () => import('daybook-kits/research'),
  diligence: () => import('daybook-kits/diligence')
}

export function isOwnKit(name: string): boolean {
  return Object.hasOwn(kits, name)
}

export async function kitNamed(name: string): Promise<Kit | undefined> {
  return Object.hasOwn(kits, name) ? (await kits[name]?.())?.default : undefined
}
