import { describe, expect, test } from 'vitest'
import { ledgerContract } from '../testing/ledger.contract.js'
import { idbLedgerStore } from './idb-ledger-store.js'

const fresh = (): string => `ledgers-${crypto.randomUUID()}`

describe('in IndexedDB', () => ledgerContract(() => idbLedgerStore({ name: fresh() }), { test, expect }))
