/** What *Try it here* needs from the page that offers it. No key is kept: it goes from the field into one run. */
import type { Answers, Provider } from '../model/source.js'

export type TryProvider = Provider

export interface TryOptions extends Answers {
  readonly kit: 'research' | 'diligence'
  readonly goal: string
}

export interface TryIt {
  /** Resolves when the run is under way and the panel shows it; rejects with a sentence for the person. */
  run(options: TryOptions): Promise<void>
}
