/** A branch while it runs, from the press of the button until Compare opens. */
import { useRef, useState } from 'react'
import { duration } from '../model/numbers.js'
import type { ForkRequest } from '../model/source.js'
import type { OpenRun, Panel } from '../state/panel.js'

export interface Order {
  readonly request: ForkRequest
}

export interface Branching {
  readonly running: boolean
  /** A sign of life. */
  readonly progress: string | undefined
  readonly problem: string | undefined
  start(order: Order): void
  stop(): void
  refuse(problem: string): void
}

interface State {
  readonly running: boolean
  readonly progress?: string
  readonly problem?: string
}

const listedMs = 5000

/** The branch goes on when the sheet is closed; its end is told then, and nothing opens by itself. */
export function useBranching(panel: Panel, run: OpenRun): Branching {
  const [state, setState] = useState<State>({ running: false })
  const controller = useRef<AbortController | undefined>(undefined)
  const stopped = useRef(false)

  const start = async ({ request }: Order): Promise<void> => {
    const { source } = run.source
    const branch = `branch:${request.id}`
    const ending = new AbortController()
    controller.current = ending
    stopped.current = false
    const began = performance.now()
    let events = 0
    let answers = 0
    let deltas = 0
    let unfollow: (() => void) | undefined
    const tell = (): void => {
      const what =
        events === 0
          ? 'beginning'
          : `${events} events, ${answers} answered${deltas > 0 ? `, ${deltas} deltas of the next` : ''}`
      setState({ running: true, progress: `${branch}: ${what}, ${duration(performance.now() - began)}` })
    }
    tell()
    const ticking = setInterval(tell, 250)
    try {
      const begun = (): void => {
        unfollow ??= source.follow(branch, {
          events(from, batch) {
            for (const event of batch.slice(Math.max(0, events - from))) {
              events++
              const { cached } = event.data as { cached?: unknown }
              if (event.type === 'llm.response' && cached !== true && events > request.position) answers++
            }
            if (batch.length > 0) deltas = 0
          },
          signals: signals => {
            deltas += signals.length
          }
        })
      }
      await source.fork?.(run.name, request, { signal: ending.signal, begun })
      setState({ running: false })
      await compare(panel, run, branch)
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      const problem = stopped.current
        ? `Stopped. What ${branch} had by then is in its ledger.`
        : strictWords(message, request.id, run)
      setState({ running: false, problem })
      if (panel.sheet !== 'fork') panel.tell(`${branch}: ${problem}`, true)
    } finally {
      clearInterval(ticking)
      unfollow?.()
    }
  }

  return {
    running: state.running,
    progress: state.progress,
    problem: state.problem,
    start: order => void start(order),
    stop() {
      stopped.current = true
      controller.current?.abort()
    },
    refuse: problem => setState({ running: false, problem })
  }
}

/** Where a strict branch has ended, by the numbers of rows, and what to do in this sheet. */
function strictWords(message: string, id: string, { book }: OpenRun): string {
  if (!message.startsWith('The strict branch ends at position ')) return message
  const words = message
    .replace(/at position (\d+)/, (_, position: string) => `at #${Number(position) + 1} of ${id}`)
    .replace(/The nearest, (\S+), differs at (\S+):/, (said, nearest: string, path: string) => {
      const row = book.causes.rowOf(nearest)
      return row === undefined ? said : `The nearest that is recorded, #${row + 1}, differs at ${path.slice(1)}:`
    })
    .replace(/ Fork without strict to let it be asked\.$/, '')
  return `${words} Choose Permissive to let it be asked.`
}

/** Opens Compare on both as soon as the panel knows the branch. */
async function compare(panel: Panel, run: OpenRun, branch: string): Promise<void> {
  const key = `${run.source.id} ${branch}`
  const isListed = (): boolean => panel.runs.some(entry => entry.key === key)
  if (!isListed()) {
    await new Promise<void>(resolve => {
      const timer = setTimeout(done, listedMs)
      const leave = panel.subscribe(() => isListed() && done())
      function done(): void {
        clearTimeout(timer)
        leave()
        resolve()
      }
    })
  }
  if (panel.sheet !== 'fork' || panel.run?.key !== run.key) {
    panel.tell(`${branch} has ended.`)
    return
  }
  panel.setSheet(undefined)
  panel.setCompared([run.key, key])
  panel.setView('compare')
}
