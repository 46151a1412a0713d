import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

// The key stays here, in the dev server. The page gets a path, and no other page may ask it.
const key = process.env.OPENAI_API_KEY
const path = '/api/llm'

export default defineConfig({
  plugins: [react()],
  define: { 'import.meta.env.VITE_LLM_PROXY': JSON.stringify(process.env.VITE_LLM_PROXY ?? (key ? path : '')) },
  server: {
    host: '127.0.0.1',
    proxy: key
      ? {
          [`${path}/openai`]: {
            target: process.env.OPENAI_BASE_URL ?? 'https://api.openai.com/v1',
            changeOrigin: true,
            headers: { authorization: `Bearer ${key}` },
            rewrite: url => url.slice(`${path}/openai`.length),
            bypass: request => (request.headers['sec-fetch-site'] === 'same-origin' ? undefined : false)
          }
        }
      : {}
  }
})
