/** What production builds get in the place of the component. */
import type { ComponentType } from 'react'
import type { DevtoolsProps } from './component.js'

export const Devtools: ComponentType<DevtoolsProps> = () => null
