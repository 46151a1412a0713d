/** Parts that are loaded when they are first shown, or a little before: what is there already is drawn without a pause. */
import { type ComponentType, createElement, type ReactNode, useEffect, useState } from 'react'
import { useSheet } from './adopt.js'

export interface Late<Props> {
  (props: Props): ReactNode
  /** Begins to load it, and resolves when it can be drawn. */
  readonly ready: () => Promise<void>
}

/** The styles that all of these parts share. They stand below those of the small panel, which go on above them. */
let shared: string | undefined

/** `waiting` takes the part's place until then. What cannot be loaded is thrown to the nearest boundary. */
export function late<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  waiting: ReactNode = null
): Late<Props> {
  let part: ComponentType<Props> | undefined
  let coming: Promise<void> | undefined
  const begin = async (): Promise<void> => {
    try {
      const [found, sheet] = await Promise.all([load(), import('../styles/parts.css?inline')])
      shared = sheet.default
      part = found
    } catch (error) {
      coming = undefined // the next one who asks tries again
      throw error
    }
  }
  const ready = (): Promise<void> => {
    coming ??= begin()
    return coming
  }
  function Part(props: Props): ReactNode {
    const [state, setState] = useState<{ there: boolean; error?: unknown }>({ there: part !== undefined })
    useSheet(shared, true)
    const { there } = state
    useEffect(() => {
      if (there) return
      let gone = false
      ready().then(
        () => {
          if (!gone) setState({ there: true })
        },
        (error: unknown) => {
          if (!gone) setState({ there: false, error: error ?? new Error('unknown') })
        }
      )
      return () => {
        gone = true
      }
    }, [there])
    if (state.error !== undefined) throw state.error
    return part ? createElement(part, props) : waiting
  }
  return Object.assign(Part, { ready })
}
