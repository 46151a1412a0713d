/** `daybook/fetch`: cache and ledger for programs that call models through another SDK. */
export { type FetchDaybook, type RecordFetchOptions, recordFetch } from './record-fetch.js'
