// Where Chromium is, and how it is started: one answer for the unit tests and for the page tests.
import { accessSync, constants } from 'node:fs'

const usual = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

const executable = path => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** The path of an installed Chromium, or undefined: then Playwright's own download is used. */
export function findChromium() {
  for (const name of ['PLAYWRIGHT_CHROMIUM_EXECUTABLE', 'CHROMIUM_PATH']) {
    const path = process.env[name]
    if (!path) continue
    if (!executable(path)) throw new Error(`${name} is ${path}, which is not an executable file: correct or unset it`)
    return path
  }
  return usual.find(executable)
}

/** Launch options. The host rules let no name but this machine's be resolved: a test cannot reach the network. */
export function chromiumLaunch() {
  const executablePath = findChromium()
  return {
    ...(executablePath ? { executablePath } : {}),
    args: [
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--disable-background-networking',
      '--disable-component-update',
      '--no-first-run',
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost, EXCLUDE [::1]'
    ]
  }
}
