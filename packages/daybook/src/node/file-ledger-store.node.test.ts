import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ledgerContract } from '../testing/ledger.contract.js'
import { fileLedgerStore } from './file-ledger-store.js'

const folder = (): string => mkdtempSync(join(tmpdir(), 'daybook-ledgers-'))

describe('in files', () => ledgerContract(() => fileLedgerStore(folder()), { test, expect }))
