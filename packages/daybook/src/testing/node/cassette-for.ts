/** A cassette for each test, beside its file. */
import { createHash } from 'node:crypto'
import { basename, dirname, join } from 'node:path'
import { type Cassette, type CassetteOptions, cassette } from './cassette.js'

/** What is needed of the context that Vitest passes to tests and to `beforeEach`. */
export interface TestContext {
  readonly task: TestTask & {
    readonly file: { readonly filepath: string }
    readonly result?: { readonly state: string } | undefined
  }
  onTestFinished(close: () => Promise<void>): void
}

interface TestTask {
  readonly name: string
  readonly suite?: TestTask | undefined
}

/**
 * Opens `__cassettes__/<test name>.jsonl` beside the test's file, and closes it when the test has finished. A test that
 * had a miss fails with it, whatever the program did with the error. Names of suites stand before the test's; tests of
 * one name in files of one folder share a cassette, so give them other names.
 *
 * ```ts
 * test('it knows the weather', async context => {
 *   const { llm } = cassetteFor(context, { llm: providerLlm() })
 *   …
 * })
 * ```
 */
export function cassetteFor(context: TestContext, options: CassetteOptions = {}): Cassette {
  const { task } = context
  const { filepath } = task.file
  const file = join(dirname(filepath), '__cassettes__', `${fileName(namesOf(task, basename(filepath)))}.jsonl`)
  const opened = cassette(file, options)
  context.onTestFinished(async () => {
    await opened.close()
    const [miss] = opened.misses
    if (miss && task.result?.state !== 'fail') throw miss
  })
  return opened
}

/** The test's name behind those of its suites. The outermost of these is the file itself in some versions. */
function namesOf(task: TestTask, file: string): string {
  const names = []
  for (let at: TestTask | undefined = task; at; at = at.suite)
    if (at.name && !at.name.endsWith(file)) names.unshift(at.name)
  return names.join(' - ')
}

const longest = 100

/** The name where a file may have it, else the nearest with some digits of the real one. */
function fileName(name: string): string {
  const allowed = name
    .replace(/[\p{Cc}/\\:*?"<>|]+/gu, '-')
    .slice(0, longest)
    .replace(/[ .]+$/, '')
  if (allowed === name) return name
  return `${allowed}-${createHash('sha256').update(name).digest('hex').slice(0, 8)}`
}
