import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Plugin } from 'vite'

export declare function recordedAnswers(request: IncomingMessage, response: ServerResponse, next: () => void): void
export declare function recordedPlugin(): Plugin
export declare function serveRecorded(): Promise<{ readonly origin: string; close(): void }>
