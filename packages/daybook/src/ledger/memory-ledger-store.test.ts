import { describe, expect, test } from 'vitest'
import { ledgerContract } from '../testing/ledger.contract.js'
import { memoryLedgerStore } from './memory-ledger-store.js'

describe('in memory', () => ledgerContract(memoryLedgerStore, { test, expect }))
