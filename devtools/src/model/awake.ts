/** Long work in pieces, so that the page stays awake. */

/** So long at a time, in milliseconds: with what else a frame does, nobody feels it. */
const pieceMs = 16

/** Lets the page do what it has to do. A timer would wait for 4 ms, each time. */
export function breath(): Promise<void> {
  const { port1, port2 } = new MessageChannel()
  return new Promise(resolve => {
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(0)
  })
}

/** Waits only where the last wait was long ago: to be asked often. */
export function breather(): () => Promise<void> | undefined {
  let until = performance.now() + pieceMs
  return () => {
    if (performance.now() < until) return undefined
    return breath().then(() => {
      until = performance.now() + pieceMs
    })
  }
}
