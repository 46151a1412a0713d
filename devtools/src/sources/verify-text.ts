/** Whether a file is as it was written. Loaded when it is first asked. */
import { type Verification, verifyLedger } from 'daybook'

export function verifyText(text: string): Promise<Verification> {
  return verifyLedger(text)
}
