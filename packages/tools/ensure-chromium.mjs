// Makes sure that there is a Chromium for the tests: an installed one, Playwright's own, or one that is installed now.
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { findChromium } from './chromium.mjs'
import { isMain, main, run, ToolError, tools } from './workspace.mjs'

const onPath = name =>
  (process.env.PATH ?? '').split(delimiter).some(folder => folder && existsSync(join(folder, name)))

// Imported late: this script is loaded before the packages are installed.
async function playwrightBuild() {
  const { chromium } = await import('playwright')
  const path = chromium.executablePath()
  return path && existsSync(path) ? path : undefined
}

/** The path of a Chromium that is there when this resolves. Never part of an installation: only the tests need it. */
export async function ensureChromium(say = () => {}) {
  let path
  try {
    path = findChromium()
  } catch (error) {
    throw new ToolError(error.message)
  }
  path ??= await playwrightBuild()
  if (path) return path

  let output = ''
  if (process.getuid?.() === 0 && onPath('apt-get')) {
    say('installing Chromium with apt-get …')
    const env = { DEBIAN_FRONTEND: 'noninteractive' }
    const update = await run(['apt-get'], ['update', '-qq'], { env })
    output += update.output
    // The fonts: without any, text has no width, and what a person would see cannot be tested.
    const packages = ['chromium', 'fonts-liberation']
    const args = ['install', '-y', '-qq', '--no-install-recommends', ...packages]
    const added = await run(['apt-get'], args, { env })
    output += added.output
    path = findChromium()
    if (path) return path
  }

  say('downloading Chromium …')
  const download = await run(tools.playwright, ['install', 'chromium'])
  output += download.output
  path = await playwrightBuild()
  if (path) return path
  throw new ToolError('There is no Chromium, and it could not be installed: install one, or set CHROMIUM_PATH.', output)
}

if (isMain(import.meta.url)) await main(async () => console.log(await ensureChromium(line => console.log(line))))
