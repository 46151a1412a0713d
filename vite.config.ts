import react from '@vitejs/plugin-react'
import { playwright } from '@vitest/browser-playwright'
import { defineConfig } from 'vitest/config'
import { chromiumLaunch } from './packages/tools/chromium.mjs'
import { recordedPlugin } from './packages/tools/recorded.mjs'

const source = '@daybook/source'
const testing = Boolean(process.env.VITEST)
// Left out of `npm run check`: what starts processes, or waits in real time.
const long = process.env.DAYBOOK_CHECK === 'quick' ? ['**/*.long.*'] : []
const tests = ['packages/*/src/**/*.test.{ts,tsx}', 'devtools/src/**/*.test.{ts,tsx}']

// The dev server and the page (default), the panel as one file (mode "embed"), and the unit tests in Node and in Chromium.
export default defineConfig(({ mode }) => ({
  root: testing ? '.' : 'devtools',
  base: './',
  plugins: [react(), ...(testing ? [recordedPlugin()] : [])],
  resolve: { conditions: [source, 'module', 'browser', 'development|production'] },
  ssr: { resolve: { conditions: [source, 'module', 'node', 'development|production'] } },
  server: { host: '127.0.0.1' },
  preview: { host: '127.0.0.1', port: 4179, strictPort: true },
  build:
    mode === 'embed'
      ? {
          outDir: 'dist',
          emptyOutDir: true,
          sourcemap: true,
          lib: { entry: 'src/embed.tsx', formats: ['es'], fileName: () => 'embed.js' },
          rolldownOptions: { output: { minify: true } }
        }
      : { outDir: 'dist-app', emptyOutDir: true, sourcemap: true },
  ...(mode === 'embed' ? { define: { 'process.env.NODE_ENV': '"production"' } } : {}),
  test: {
    // Long, for two busy cores: what hangs still fails, and what is only slow does not.
    testTimeout: 20_000,
    hookTimeout: 20_000,
    coverage: { provider: 'v8', include: ['packages/*/src/**/*.ts', 'devtools/src/**/*.{ts,tsx}'] },
    projects: [
      {
        extends: true,
        test: {
          name: 'node',
          include: tests,
          exclude: ['**/*.browser.test.*', '**/node_modules/**', '**/dist/**', ...long],
          setupFiles: ['./packages/tools/loopback.setup.mjs']
        }
      },
      {
        extends: true,
        optimizeDeps: {
          include: [
            'openai',
            '@anthropic-ai/sdk',
            'idb-keyval',
            'eventsource-parser',
            '@noble/hashes/sha2.js',
            '@noble/hashes/utils.js',
            'fast-check',
            'zod',
            '@cfworker/json-schema',
            'react',
            'react-dom/client',
            'react/jsx-dev-runtime'
          ]
        },
        test: {
          name: 'chromium',
          include: tests,
          exclude: ['**/*.node.test.*', '**/node_modules/**', '**/dist/**'],
          setupFiles: ['./packages/tools/loopback.browser.setup.mjs'],
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            api: { host: '127.0.0.1' },
            provider: playwright({ launchOptions: chromiumLaunch() }),
            instances: [{ browser: 'chromium' }]
          }
        }
      }
    ]
  }
}))
