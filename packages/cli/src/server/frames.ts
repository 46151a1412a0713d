/** Frames: one JSON object a line, written no faster than the reader takes them. */
import type { ServerResponse } from 'node:http'

export interface Frames {
  /** Resolves when the reader can take more, or has left. */
  send(frame: object | string): Promise<void>
  /** Fires when the reader has left or the server closes. */
  readonly left: AbortSignal
  end(): void
}

export function frames(response: ServerResponse, closing: AbortSignal): Frames {
  const gone = new AbortController()
  const left = AbortSignal.any([gone.signal, closing])
  response.once('close', () => gone.abort())
  response.writeHead(200, { 'Content-Type': 'application/x-ndjson; charset=utf-8' })
  response.flushHeaders()

  return {
    left,
    async send(frame) {
      if (left.aborted) return
      const line = typeof frame === 'string' ? frame : JSON.stringify(frame)
      if (!response.write(`${line}\n`)) await drained(response, left)
    },
    end: () => response.end()
  }
}

function drained(response: ServerResponse, left: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const done = (): void => {
      response.off('drain', done)
      left.removeEventListener('abort', done)
      resolve()
    }
    response.once('drain', done)
    left.addEventListener('abort', done, { once: true })
  })
}

export interface Bell {
  ring(): void
  /** Resolves true when it was rung since the last wait, false after the time, and at once when the signal fires. */
  wait(ms: number, signal: AbortSignal): Promise<boolean>
}

/** Rings are not counted: who hears one looks at what there is. */
export function bell(): Bell {
  let rung = false
  let wake: (() => void) | undefined
  return {
    ring() {
      rung = true
      wake?.()
    },
    async wait(ms, signal) {
      if (!rung && !signal.aborted) {
        await new Promise<void>(resolve => {
          const timer = setTimeout(done, ms)
          function done(): void {
            clearTimeout(timer)
            signal.removeEventListener('abort', done)
            wake = undefined
            resolve()
          }
          wake = done
          signal.addEventListener('abort', done, { once: true })
        })
      }
      const heard = rung
      rung = false
      return heard
    }
  }
}
