/**
 * What can run a fork of a file inside this page: set by a page that may load it, left out where all is in one file that
 * only shows its ledger.
 */
export const workshop: { load?: () => Promise<typeof import('./here.js')> } = {}

export const noWorkshop = 'A file cannot be forked here: open it in the page of daybook devtools.'
