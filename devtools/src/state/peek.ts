/** Reads a run once, for what the rail says about it. */
import type { LedgerInfo } from 'daybook'
import { type Book, createBook } from '../model/book.js'
import type { DevtoolsSource } from '../model/source.js'

/** A longer run is not read for its title; it gets one when it is opened. */
const maxEvents = 5000
const patienceMs = 5000

/** Calls back once: with the book, or with undefined where the run is too long or does not answer. */
export function peekRun(source: DevtoolsSource, info: LedgerInfo, done: (book: Book | undefined) => void): () => void {
  let over = false
  let stop: (() => void) | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  const finish = (book: Book | undefined): void => {
    if (over) return
    over = true
    clearTimeout(timer)
    stop?.()
    done(book)
  }
  if (info.length === 0 || info.length > maxEvents) {
    finish(undefined)
    return () => {}
  }
  const book = createBook(info.name)
  timer = setTimeout(() => finish(undefined), patienceMs)
  stop = source.follow(info.name, {
    events(from, events) {
      if (over) return
      for (const event of events.slice(Math.max(0, book.events.length - from))) book.add(event)
      if (book.events.length >= info.length) finish(book)
    },
    signals() {},
    state() {}
  })
  if (over) stop()
  return () => {
    over = true
    clearTimeout(timer)
    stop?.()
  }
}
