/** The failure of a call that a ledger holds, to fail again. */
import {
  APIConnectionError,
  APIResponseValidationError,
  APITimeoutError,
  APIUserAbortError,
  AuthenticationError,
  BadRequestError,
  BudgetExceededError,
  ConfigurationError,
  ContentPolicyViolationError,
  ContextWindowExceededError,
  DaybookError,
  type ErrorClass,
  type ErrorKind,
  InputError,
  InsufficientCreditsError,
  InternalServerError,
  NotFoundError,
  OverloadedError,
  PermissionDeniedError,
  RateLimitError
} from '../errors.js'
import type { LedgerEvent } from './event.js'

// A ledger keeps the kind, not the class: for programs that ask with instanceof, the usual class of each kind.
const classes: Partial<Record<ErrorKind, ErrorClass>> = {
  connection: APIConnectionError,
  timeout: APITimeoutError,
  aborted: APIUserAbortError,
  bad_request: BadRequestError,
  context_window: ContextWindowExceededError,
  content_policy: ContentPolicyViolationError,
  auth: AuthenticationError,
  permission: PermissionDeniedError,
  not_found: NotFoundError,
  credits: InsufficientCreditsError,
  rate_limit: RateLimitError,
  overloaded: OverloadedError,
  server: InternalServerError,
  bad_response: APIResponseValidationError,
  config: ConfigurationError,
  input: InputError,
  budget: BudgetExceededError
}

export function recordedFailure({ data }: LedgerEvent<'llm.failed'>): DaybookError {
  const { kind, message, hint, status, retryable, partial, attempts, estimate, left } = data
  const figures = { ...(estimate === undefined ? {} : { estimate }), ...(left === undefined ? {} : { left }) }
  const details = {
    ...{ hint, status, retryable, partial, attempts },
    data: Object.keys(figures).length > 0 ? figures : undefined
  }
  const Class = Object.hasOwn(classes, kind) ? classes[kind] : undefined
  return Class ? new Class(message, details) : new DaybookError(kind, message, details)
}
