/** Lines of a byte stream, one by one, with a bound on their length. */

export async function* lines(body: ReadableStream<Uint8Array>, maxLength: number): AsyncGenerator<string, void> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let rest = ''
  try {
    for (;;) {
      const { done, value } = await reader.read()
      rest += done ? decoder.decode() : decoder.decode(value, { stream: true })
      let from = 0
      for (let at = rest.indexOf('\n'); at >= 0; at = rest.indexOf('\n', from)) {
        const line = rest.slice(from, at)
        from = at + 1
        if (line.trim() !== '') yield line
      }
      rest = rest.slice(from)
      if (rest.length > maxLength) throw new Error(`A line is longer than ${maxLength} characters.`)
      if (done) {
        if (rest.trim() !== '') yield rest
        return
      }
    }
  } finally {
    reader.cancel().catch(() => {})
  }
}
