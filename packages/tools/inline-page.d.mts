import type { Plugin } from 'vite'

export function allAtOnce(): Plugin
export function withoutLater(code: string): string | undefined
export function sideBySide(
  entry: string,
  folders: readonly string[]
): Plugin & {
  transform(code: string, id: string): string | undefined
}
export function inlinePage(): Plugin
export function inlined(page: string, script: string, style: string): string
