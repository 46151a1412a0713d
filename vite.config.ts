import react from '@vitejs/plugin-react'
import { playwright } from '@vitest/browser-playwright'
import type { BuildEnvironmentOptions } from 'vite'
import { defineConfig } from 'vitest/config'
import { chromiumLaunch } from './packages/tools/chromium.mjs'
import { allAtOnce, inlinePage, sideBySide } from './packages/tools/inline-page.mjs'
import { recordedPlugin } from './packages/tools/recorded.mjs'

const source = '@daybook/source'
const testing = Boolean(process.env.VITEST)
// Left out of `npm run check`: what starts processes, or waits in real time.
const long = process.env.DAYBOOK_CHECK === 'quick' ? ['**/*.long.*'] : []
const tests = ['packages/*/src/**/*.test.{ts,tsx}', 'devtools/src/**/*.test.{ts,tsx}']

/**
 * All that the panel needs at once is one file, but what a small entry needs of it too, which must not load it whole. What
 * several views load later is one file too: apart, each of its parts would be a file that gzip can do little with.
 */
const wholePanel = [
  { name: 'read', test: /devtools\/src\/model\/read\.ts$/, priority: 1 },
  { name: 'panel', test: /devtools\/src\/panel\.tsx$/ },
  // What several views share: a file for each of them costs more than it holds.
  {
    name: 'shared',
    test: /devtools\/src\/(model\/(awake|differ|row-groups)|views\/(segmented|late-parts|scrolled-rows|field-diff))\./
  }
]

/** The panel for other people's pages: small entries, and what they load when it is needed. */
const library = (outDir: string, entries: Record<string, string>): BuildEnvironmentOptions => ({
  outDir,
  emptyOutDir: true,
  sourcemap: true,
  lib: {
    entry: Object.fromEntries(Object.entries(entries).map(([name, file]) => [name, `src/${file}`])),
    formats: ['es']
  },
  rolldownOptions: {
    output: { minify: true, chunkFileNames: 'chunks/[name]-[hash].js', codeSplitting: { groups: wholePanel } },
    ...(outDir === 'dist/react' ? { external: [/^react(-dom)?($|\/)/, /^daybook($|\/)/] } : {})
  }
})

/** React's own switch, decided here; the one in our entries is for the bundler of the page that they come into. */
const productionReact = {
  name: 'production-react',
  transform: (code: string, id: string) =>
    /node_modules\/(react|react-dom|scheduler)\//.test(id)
      ? code.replaceAll('process.env.NODE_ENV', '"production"')
      : undefined
}

/**
 * React's interface in a tenth of its size, for the file that is sent to other people: 60 kB of 240 would be React. The page
 * tests drive all views of that file too.
 */
const smallReact = {
  'react/jsx-runtime': 'preact/jsx-runtime',
  'react-dom/client': 'preact/compat/client',
  'react-dom': 'preact/compat',
  react: 'preact/compat'
}

/** Of a file that is sent to other people the list of prices would be a large part, for one figure. */
const withoutPrices = { '../sources/price-list.js': '../sources/no-price-list.js' }

// The dev server and the page (default), the panel for other pages (modes "embed" and "react"), the page that an exported
// run is put into (mode "viewer"), and the unit tests in Node and in Chromium.
export default defineConfig(({ mode }) => ({
  root: testing ? '.' : 'devtools',
  base: './',
  plugins: [
    react(),
    ...(testing ? [recordedPlugin()] : []),
    ...(mode === 'embed' ? [productionReact] : []),
    ...(mode === 'viewer' ? [sideBySide('/src/viewer.tsx', ['styles', 'model']), allAtOnce(), inlinePage()] : [])
  ],
  resolve: {
    conditions: [source, 'module', 'browser', 'development|production'],
    alias: mode === 'viewer' ? { ...smallReact, ...withoutPrices } : {}
  },
  ssr: { resolve: { conditions: [source, 'module', 'node', 'development|production'] } },
  server: { host: '127.0.0.1' },
  preview: { host: '127.0.0.1', port: 4179, strictPort: true },
  build:
    mode === 'embed'
      ? library('dist', { embed: 'embed.ts', production: 'production.ts', nothing: 'nothing.ts', tabs: 'tabs.ts' })
      : mode === 'react'
        ? library('dist/react', { react: 'react.tsx', component: 'component.tsx', nothing: 'react-nothing.ts' })
        : mode === 'viewer'
          ? {
              // Beside the page, which gives it to people who save a run.
              outDir: 'dist-app',
              emptyOutDir: false,
              chunkSizeWarningLimit: 1000,
              rolldownOptions: { input: 'devtools/viewer.html', output: { codeSplitting: false } }
            }
          : { outDir: 'dist-app', emptyOutDir: true, sourcemap: true },
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
