export function findChromium(): string | undefined
export function chromiumLaunch(): { executablePath?: string; args: string[] }
