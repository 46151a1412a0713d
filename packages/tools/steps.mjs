// Runs the steps of a check one after the other, says how long each took, and counts. A step that fails hides no other.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder, ToolError } from './workspace.mjs'

// Enough to see what is wrong; the whole output is in a file.
const firstLines = 80
const lastLines = 120

/** An output shortened in its middle. */
export function shortened(output, whole, [first, last] = [firstLines, lastLines]) {
  const lines = output.trimEnd().split('\n')
  if (lines.length <= first + last + 1) return lines.join('\n')
  const left = `… ${lines.length - first - last} lines left out, all of them: ${whole} …`
  return [...lines.slice(0, first), left, ...lines.slice(-last)].join('\n')
}

const seconds = start => `${((performance.now() - start) / 1000).toFixed(1)} s`

/**
 * The report of one run of checks.
 * `step(name, body)` runs `body() -> { passed, failed, skipped?, output?, note?, lines? }`; what it throws is one failure.
 * `lines` are printed below the step that went well.
 * `close()` prints the last line, `N passed, N failed`, and returns the exit code.
 */
export function report(write = text => process.stdout.write(text)) {
  const total = { passed: 0, failed: 0, skipped: 0 }
  const start = performance.now()

  return {
    /** Resolves with whether it went well. */
    async step(name, body) {
      const began = performance.now()
      write(`${name} … `)
      const result = await body().catch(error => {
        const output =
          error instanceof ToolError ? `${error.output}\n${error.message}`.trim() : String(error?.stack ?? error)
        return { passed: 0, failed: 1, output }
      })
      const { passed, failed, skipped = 0, output = '', note, lines = [] } = result
      total.passed += passed
      total.failed += failed
      total.skipped += skipped
      const words = [failed === 0 ? 'ok' : 'FAILED', seconds(began), counts(result), note].filter(Boolean)
      write(`${words.join(', ')}\n`)
      if (failed === 0) for (const line of lines) write(`  ${line}\n`)
      if (failed > 0) {
        const file = join(cacheFolder('logs'), `${name.replace(/\W+/g, '-')}.log`)
        writeFileSync(file, output)
        if (output.trim()) write(`\n${shortened(output, file)}\n\n`)
      }
      return failed === 0
    },

    close() {
      const { passed, failed, skipped } = total
      write(`in ${seconds(start)}\n`)
      write(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`)
      return failed === 0 && passed > 0 ? 0 : 1
    }
  }
}

/** The numbers, for a step that is more than one thing. */
function counts({ passed, failed, skipped = 0 }) {
  if (passed + failed + skipped <= 1) return ''
  const parts = [`${passed} passed`]
  if (failed > 0) parts.push(`${failed} failed`)
  if (skipped > 0) parts.push(`${skipped} skipped`)
  return parts.join(', ')
}
