import { defineConfig } from '@playwright/test'
import { chromiumLaunch } from '../packages/tools/chromium.mjs'

const origin = 'http://127.0.0.1:4179'

// The tests of the pages, as built: `npm run build` comes first. Tests that need a server of their own start it themselves.
export default defineConfig({
  testDir: '.',
  outputDir: '../test-results',
  fullyParallel: true,
  workers: 2,
  // A test that passes at the second attempt has found something: it is not asked twice.
  retries: 0,
  timeout: 30_000,
  expect: { timeout: 10_000 },
  reporter: [['list']],
  use: {
    baseURL: origin,
    browserName: 'chromium',
    launchOptions: chromiumLaunch(),
    // No trace: recording one slows every test down. `--trace on` makes one for a test that is looked into.
    screenshot: 'only-on-failure'
  },
  webServer: {
    command: `"${process.execPath}" node_modules/vite/bin/vite.js preview`,
    cwd: '..',
    url: `${origin}/`,
    reuseExistingServer: false,
    gracefulShutdown: { signal: 'SIGTERM', timeout: 2000 }
  }
})
