import { expect, test } from 'vitest'

/** What the test runner puts around every `import()`, which is not in a page of one's own. */
const runner = 'globalThis.__vitest_browser_runner__ = { wrapDynamicImport: load => load() }'

/** A page with this policy that makes one call, and the error of the call. */
async function failureIn(policy: string, address: string): Promise<Record<string, unknown>> {
  const frame = document.createElement('iframe')
  const told = new Promise<Record<string, unknown>>(resolve => {
    addEventListener('message', function listener({ data, source }) {
      if (source !== frame.contentWindow) return
      removeEventListener('message', listener)
      resolve(data)
    })
  })
  const api = new URL('./chat-api.ts', import.meta.url).href
  frame.srcdoc = `<meta http-equiv="Content-Security-Policy" content="${policy}"><script>${runner}</script><script type="module">
    import { chatCompletionsApi } from ${JSON.stringify(api)}
    const llm = chatCompletionsApi({ baseURL: ${JSON.stringify(address)}, apiKey: 'k-123' })
    const request = { model: 'm', messages: [{ role: 'user', content: 'Hello' }] }
    const tell = ({ name, code, hint, retryable }) => parent.postMessage({ name, code, hint, retryable }, '*')
    fetch('http://127.0.0.1:10/other').catch(() => {}) // a violation that is not the call's
    llm(request).then(() => tell({}), tell)
  </script>`
  document.body.append(frame)
  try {
    return await told
  } finally {
    frame.remove()
  }
}

const nobody = 'http://127.0.0.1:9/v1'

test('a request that the policy of the page forbids is told apart from the network', async () => {
  for (const policy of ["connect-src 'self'", "default-src 'self' 'unsafe-inline'", 'connect-src https:']) {
    expect(await failureIn(policy, nobody)).toEqual({
      name: 'APIConnectionError',
      code: 'csp',
      hint: "The page's policy blocks it: connect-src lacks 127.0.0.1:9.",
      retryable: false
    })
  }
})

test('where the policy allows it, or there is none, it is the network or CORS', async () => {
  for (const policy of ['connect-src http://127.0.0.1:9', 'img-src https:', '']) {
    expect(await failureIn(policy, nobody)).toMatchObject({
      name: 'APIConnectionError',
      hint: 'CORS or network: the browser hides which.',
      retryable: true
    })
  }
})

test('a worker hears of its policy too', async () => {
  const api = new URL('./chat-api.ts', import.meta.url).href
  // A worker of a blob has the policy of its page: the frame's.
  const frame = document.createElement('iframe')
  const script = `${runner}
    const { chatCompletionsApi } = await import(${JSON.stringify(api)})
    chatCompletionsApi({ baseURL: '${nobody}' })({ model: 'm', messages: [] }).catch(({ hint }) => postMessage(hint))`
  const told = new Promise(resolve => addEventListener('message', ({ data }) => resolve(data), { once: true }))
  frame.srcdoc = `<meta http-equiv="Content-Security-Policy" content="connect-src 'self'"><script type="module">
    const blob = new Blob([${JSON.stringify(script)}], { type: 'text/javascript' })
    const worker = new Worker(URL.createObjectURL(blob), { type: 'module' })
    worker.onmessage = ({ data }) => parent.postMessage(data, '*')
    worker.onerror = ({ message }) => parent.postMessage('failed: ' + message, '*')
  </script>`
  document.body.append(frame)
  try {
    expect(await told).toContain('connect-src')
  } finally {
    frame.remove()
  }
})
