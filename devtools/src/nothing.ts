/** What production builds get in the place of the panel. */
import type { MountDevtools } from './types.js'

export const mountDevtools: MountDevtools = () => ({ unmount() {} })
