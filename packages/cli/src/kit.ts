/** Finds the kit that the command line names. */
import { access } from 'node:fs/promises'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Kit } from 'daybook'
import { ConfigurationError, InputError } from 'daybook/errors'

const included: Readonly<Record<string, () => Promise<unknown>>> = {
  research: () => import('daybook-kits/research'),
  diligence: () => import('daybook-kits/diligence')
}

/** The kits that need no path. */
export const includedKits: readonly string[] = Object.keys(included)

/** Whether this is the name of a kit that needs no path. */
export function isIncluded(name: string): boolean {
  return Object.hasOwn(included, name)
}

/**
 * A name of `daybook-kits`, also written `kits/research` or `kits.research`, or a path to a module whose default
 * export is a kit.
 * @throws InputError when there is none; ConfigurationError when the module cannot be loaded or exports something else.
 */
export async function loadKit(name: string, cwd: string): Promise<Kit> {
  const short = name.replace(/^kits[./]/, '')
  const own = Object.hasOwn(included, short) ? included[short] : undefined
  if (own) return checked(await own(), name)
  if (!/[./\\]/.test(name)) {
    const names = includedKits.join(' or ')
    throw new InputError(`There is no kit "${name}": use ${names}, or a path such as ./my-kit.mjs.`)
  }
  const path = resolve(cwd, name)
  await access(path).catch((cause: unknown) => {
    throw new InputError(`There is no file ${name}.`, { cause })
  })
  const module: unknown = await import(pathToFileURL(path).href).catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new ConfigurationError(`The kit ${name} could not be loaded: ${why}`, { cause })
  })
  return checked(module, name)
}

function checked(module: unknown, name: string): Kit {
  const kit = (module as { default?: unknown } | null)?.default as Partial<Kit> | undefined
  const fault =
    typeof kit !== 'object' || kit === null
      ? 'has no default export that is an object'
      : typeof kit.name !== 'string' || kit.name === ''
        ? 'has no name'
        : typeof kit.version !== 'string'
          ? 'has no version'
          : typeof kit.responders !== 'function'
            ? 'has no function responders'
            : undefined
  if (fault !== undefined) {
    throw new ConfigurationError(
      `${name} is no kit: it ${fault}. Export default { name, version, responders(options) }.`
    )
  }
  return kit as Kit
}
