/** What *Try it here* needs from the page that offers it. No key is kept: it goes from the field into one run. */

export type TryProvider = 'simulated' | 'openrouter' | 'anthropic' | 'openai'

export interface TryOptions {
  readonly kit: 'research' | 'diligence'
  readonly goal: string
  readonly provider: TryProvider
  readonly key?: string
}

export interface TryIt {
  /** Resolves when the run is under way and the panel shows it; rejects with a sentence for the person. */
  run(options: TryOptions): Promise<void>
}
