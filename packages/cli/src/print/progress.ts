/** The line that says what is in flight, rewritten in place on a terminal. */
import type { LLMFn } from 'daybook'
import { count, duration, plural } from './format.js'
import type { Paint } from './paint.js'

export interface Progress {
  /** The function with its calls and deltas counted. Changes nothing about them. */
  watch(llm: LLMFn): LLMFn
  /** Prints a line above the progress line. */
  print(line: string): void
  /** Takes the progress line away and stops its timer. */
  close(): void
}

export interface ProgressOptions {
  readonly write: (text: string) => void
  readonly isTTY: boolean
  readonly paint: Paint
  readonly now?: () => number
  /** How often the line is rewritten, in milliseconds. */
  readonly everyMs?: number
}

const clear = '\r\u001B[2K'

export function progress({ write, isTTY, paint, now = Date.now, everyMs = 100 }: ProgressOptions): Progress {
  let flying = 0
  let since = 0
  let characters = 0
  let timer: NodeJS.Timeout | undefined
  let shown = false

  const hide = (): void => {
    if (shown) write(clear)
    shown = false
  }
  const show = (): void => {
    // Providers count tokens at the end only: until then four characters are taken for one.
    const tokens = `≈ ${count(Math.ceil(characters / 4))} tokens`
    write(clear + paint('live', `${plural(flying, 'call')} in flight · ${tokens} · ${duration(now() - since)}`))
    shown = true
  }
  const stop = (): void => {
    clearInterval(timer)
    timer = undefined
    hide()
  }

  return {
    watch(llm) {
      if (!isTTY) return llm
      const watched: LLMFn = (request, options) => {
        const stream = llm(request, options)
        if (flying++ === 0) {
          since = now()
          characters = 0
          timer = setInterval(show, everyMs)
          timer.unref()
        }
        void follow(stream)
        return stream
      }
      return llm.target ? Object.assign(watched, { target: llm.target }) : watched
    },
    print(line) {
      hide()
      write(`${line}\n`)
      if (timer) show()
    },
    close: stop
  }

  async function follow(stream: ReturnType<LLMFn>): Promise<void> {
    try {
      for await (const delta of stream) {
        characters += delta.type === 'tool.delta' ? delta.arguments.length : delta.text.length
      }
    } catch {
      // whoever made the call hears of it
    } finally {
      if (--flying === 0) stop()
    }
  }
}
