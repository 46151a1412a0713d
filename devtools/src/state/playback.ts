/** Plays a run again: the playhead moves at the recorded pace or faster. Position and time belong together. */
import type { Book } from '../model/book.js'
import { clockOf, lengthAt } from '../model/playhead.js'

export const speeds = [0.5, 1, 2, 4, 8, 16, 32] as const

export interface Playback {
  readonly playing: boolean
  /** How many times faster than it was. */
  readonly speed: number
  /** Waits are cut short to {@link longestWaitMs}. */
  readonly skipWaits: boolean
  /** Where the playhead stands, in milliseconds since the first event. */
  readonly ms: number
  play(): void
  pause(): void
  setSpeed(speed: number): void
  setSkipWaits(skip: boolean): void
  /** So many events forward or, negative, back. */
  step(events: number): void
  /** To a time, in milliseconds since the first event. */
  seekTime(ms: number): void
}

export interface PlaybackHost {
  book(): Book | undefined
  /** How many events are shown. */
  length(): number
  /** Undefined: the end. */
  seek(length: number | undefined, ms?: number): void
  changed(): void
}

/** Of a wait that is skipped, so much is left, in milliseconds of the run: that there was one is still seen. */
export const longestWaitMs = 200

export function createPlayback(host: PlaybackHost): Playback & { moved(ms: number | undefined): void } {
  const state = { playing: false, speed: 1, skipWaits: true, ms: 0 }
  let frame = 0
  let last = 0

  const pause = (): void => {
    cancelAnimationFrame(frame)
    state.playing = false
  }
  const tick = (now: number): void => {
    const book = host.book()
    if (!state.playing || !book) {
      pause()
      return
    }
    // A page that slept does not jump ahead by all that it slept.
    const passed = Math.min(250, now - last) * state.speed
    last = now
    const length = host.length()
    const clock = clockOf(book.times)
    const next = clock[length]
    let ms = state.ms + passed
    if (state.skipWaits && next !== undefined && next - ms > longestWaitMs && !streaming(book, length, ms)) {
      ms = next - longestWaitMs
    }
    if (length >= book.events.length || ms >= (clock.at(-1) ?? 0)) {
      pause()
      host.seek(undefined)
      return
    }
    host.seek(Math.max(length, lengthAt(book.times, ms)), ms)
    frame = requestAnimationFrame(tick)
  }

  const playback = {
    get playing() {
      return state.playing
    },
    get speed() {
      return state.speed
    },
    get skipWaits() {
      return state.skipWaits
    },
    get ms() {
      return state.ms
    },
    moved(ms: number | undefined) {
      state.ms = ms ?? clockOf(host.book()?.times ?? []).at(-1) ?? 0
    },
    play() {
      const book = host.book()
      if (!book || book.events.length < 2) return
      if (host.length() >= book.events.length) host.seek(1)
      state.playing = true
      last = performance.now()
      cancelAnimationFrame(frame)
      frame = requestAnimationFrame(tick)
      host.changed()
    },
    pause() {
      pause()
      host.changed()
    },
    setSpeed(speed: number) {
      state.speed = speed
      host.changed()
    },
    setSkipWaits(skip: boolean) {
      state.skipWaits = skip
      host.changed()
    },
    step(events: number) {
      pause()
      host.seek(Math.max(1, host.length() + events))
    },
    seekTime(ms: number) {
      const book = host.book()
      if (book) host.seek(lengthAt(book.times, ms), ms)
    }
  }
  return playback
}

/** Some answer grows at this time: its text is worth the wait. */
function streaming(book: Book, length: number, ms: number): boolean {
  for (let at = length; at < book.events.length && at < length + 64; at++) {
    const call = book.calls.ofRow(at)
    if (!call || call.end !== at || call.row >= length) continue
    const data = book.events[at]?.data as { latency_ms?: unknown; first_delta_ms?: unknown }
    const end = book.times[at] ?? 0
    const { latency_ms: total, first_delta_ms: first } = data
    if (typeof total === 'number' && typeof first === 'number' && ms >= end - total + first && ms < end) return true
  }
  return false
}
