// A server of the project that a test starts as a person would: by its command, on a port of its own.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { project } from './serve.js'

export interface Started {
  /** The address that it printed, without a slash. */
  readonly origin: string
  stop(): Promise<void>
}

const address = /http:\/\/127\.0\.0\.1:\d+/

/** Starts `node <args>` at the top of the project, and waits for the address that it prints. */
export async function start(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Started> {
  const { NODE_ENV: _mode, OPENAI_API_KEY: _key, VITE_LLM_PROXY: _proxy, ...rest } = process.env
  const child = spawn(process.execPath, args, {
    cwd: project('.'),
    env: { ...rest, NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe']
  })
  const ended = once(child, 'exit')
  let said = ''
  const origin = await new Promise<string>((resolve, reject) => {
    const hear = (chunk: Buffer): void => {
      said += chunk
      const found = address.exec(said)?.[0]
      if (found) resolve(found)
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    child.once('error', reject)
    child.once('exit', code => reject(new Error(`${args.join(' ')} ended with ${code}:\n${said}`)))
  })
  return {
    origin,
    async stop() {
      child.kill()
      await ended
    }
  }
}
