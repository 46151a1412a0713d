/** What an answer has cost so far. It needs the list of prices, which is large: it comes when the page has time. */
export const pricing: { of?: (request: Record<string, unknown>, written: number) => number | null } = {}
