import type { Plugin } from 'vite'

export function inlinePage(): Plugin
export function inlined(page: string, script: string, style: string): string
