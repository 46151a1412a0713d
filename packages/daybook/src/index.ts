/** The public list of `daybook`. Everything that needs Node, a page or an SDK has an entry of its own. */
export type { CachedOptions } from './cache/cached.js'
export { cached } from './cache/cached.js'
export type { CacheKeyOptions } from './cache/key.js'
export { cacheKey } from './cache/key.js'
export type { MemoryCacheOptions } from './cache/memory-cache.js'
export { memoryCache } from './cache/memory-cache.js'
export { overlayCache } from './cache/overlay-cache.js'
export type { CacheEntry, CacheStore } from './cache/store.js'
export { tieredCache } from './cache/tiered-cache.js'
export type {
  Daybook,
  DaybookAgentOptions,
  DaybookOptions,
  ForkOptions as RunForkOptions,
  ResumeOptions,
  RunOptions
} from './daybook.js'
export { createDaybook } from './daybook.js'
export type { Agent, AgentDelta, AgentOptions, AgentReply, AgentSession, RespondOptions } from './dialog/agent.js'
export { createAgent } from './dialog/agent.js'
export type { ObjectOptions, PromptText, TextOptions } from './dialog/ask.js'
export type { AttachmentOptions, AttachmentSource } from './dialog/attachment.js'
export type { ContextLimits, ContextManager, FittedContext } from './dialog/context.js'
export { newestTurns } from './dialog/context.js'
export type { Cost } from './dialog/cost.js'
export type {
  AttachOptions,
  DialogOptions,
  ForkOptions,
  FromJSONOptions,
  PutOptions,
  TreeNode
} from './dialog/dialog.js'
export { Dialog } from './dialog/dialog.js'
export type { DialogRecorder } from './dialog/dialog-recorder.js'
export { dialogRecorder } from './dialog/dialog-recorder.js'
export type { DialogsOfOptions } from './dialog/dialogs-of.js'
export { dialogsOf } from './dialog/dialogs-of.js'
export type {
  InvokeDelta,
  InvokeOptions,
  InvokeResult,
  Invoker,
  InvokerOptions,
  ModelArgs,
  StreamHandler
} from './dialog/invoker.js'
export { createInvoker } from './dialog/invoker.js'
export type { DialogMessage, MessageDraft } from './dialog/message.js'
export type { Parser, TagParserOptions, TagParserOutput } from './dialog/parser.js'
export { tagParser } from './dialog/parser.js'
export type {
  ComputerCall,
  ComputerResult,
  ComputerUse,
  Handlers,
  McpServer,
  Prompt,
  PromptOptions
} from './dialog/prompt.js'
export { createPrompt } from './dialog/prompt.js'
export type { OutputOf, Schema, SchemaSource, StandardSchema, Validated } from './dialog/schema.js'
export { schemaOf } from './dialog/schema.js'
export type { AgentFailure } from './dialog/session.js'
export type { CountTokens } from './dialog/tokens.js'
export { estimateTokens } from './dialog/tokens.js'
export type { Tool, ToolContext, ToolOptions, ToolOutcome } from './dialog/tool.js'
export { tool } from './dialog/tool.js'
export type { ErrorDetails, ErrorKind, PartialAnswer } from './errors.js'
export { DaybookError } from './errors.js'
export type { Host, Warning } from './host.js'
export { createHost } from './host.js'
export type { Json, JsonObject } from './json.js'
export { canonical } from './json.js'
export type { ForkLedgerOptions, LedgerChange } from './ledger/branch.js'
export { forkLedger } from './ledger/branch.js'
export { branching } from './ledger/branching.js'
export type { Budget } from './ledger/budget.js'
export { defaultBudget } from './ledger/budget.js'
export type { BudgetedOptions } from './ledger/budgeted.js'
export { budgeted } from './ledger/budgeted.js'
export type { Caused } from './ledger/caused.js'
export { causedBy, rollup } from './ledger/caused.js'
export type { ComparisonRow, LedgerComparison } from './ledger/compare.js'
export { comparedRows, compareLedgers } from './ledger/compare.js'
export type { EventPair, LedgerDiff, LedgerFigures, WordChange } from './ledger/diff.js'
export { diffLedgers } from './ledger/diff.js'
export type {
  AnyEvent,
  DataOf,
  EventDraft,
  EventType,
  EventTypes,
  LedgerEvent,
  LedgerSignal,
  StreamTiming
} from './ledger/event.js'
export { stable } from './ledger/event.js'
export type { FaultKind, LineReport } from './ledger/gathered.js'
export type { ImportOptions, ImportReport } from './ledger/import.js'
export { importLedger } from './ledger/import.js'
export type { ToJSONLOptions } from './ledger/jsonl.js'
export { toJSONL } from './ledger/jsonl.js'
export type { Ledger, LedgerListener, SubscribeOptions } from './ledger/ledger.js'
export type { TextSource } from './ledger/lines.js'
export { memoryLedgerStore } from './ledger/memory-ledger-store.js'
export type { OpenLedgerOptions } from './ledger/open-ledger.js'
export { openLedger } from './ledger/open-ledger.js'
export type { LeftOutLine, ParsedLedger, ParseOptions } from './ledger/parse-jsonl.js'
export { parseJSONL } from './ledger/parse-jsonl.js'
export type { RecordedOptions } from './ledger/recorded.js'
export { recorded } from './ledger/recorded.js'
export type { Recording } from './ledger/recordings.js'
export { recordingsOf } from './ledger/recordings.js'
export type { Redact } from './ledger/redacted.js'
export type { ReplayedOptions } from './ledger/replayed.js'
export { replayed } from './ledger/replayed.js'
export type { Appended, LedgerInfo, LedgerStore, LedgerStoreListener, SnapshotStore } from './ledger/store.js'
export { effects, shortestPath, trace } from './ledger/trace.js'
export type { Verification, VerifyOptions } from './ledger/verify.js'
export { verifyLedger } from './ledger/verify.js'
export { diffWords } from './ledger/words.js'
export { estimatedCost } from './llm/estimated.js'
export { fallback } from './llm/fallback.js'
export type { LimitOptions } from './llm/limited.js'
export { limited } from './llm/limited.js'
export type { Live } from './llm/live.js'
export { live } from './llm/live.js'
export type {
  Api,
  CacheState,
  Connection,
  ContentPart,
  FinishReason,
  FunctionTool,
  LLMDelta,
  LLMFact,
  LLMFn,
  LLMOptions,
  LLMRequest,
  LLMResponse,
  LLMStream,
  Message,
  MessageToolCall,
  Native,
  ProviderTool,
  Target,
  ToolCall,
  ToolDefinition,
  Usage
} from './llm/llm.js'
export { llmStream } from './llm/llm-stream.js'
export type { PriceOptions } from './llm/priced.js'
export { priced } from './llm/priced.js'
export type { AddressOptions } from './llm/provider-address.js'
export type { Key, Keys, ProviderOptions } from './llm/providers.js'
export { providerLlm, providers } from './llm/providers.js'
export type { RetryOptions } from './llm/retried.js'
export { retried } from './llm/retried.js'
export type { RouteOptions } from './llm/routed.js'
export { routed } from './llm/routed.js'
export type { TextAnswer, TextFunction } from './llm/text-llm.js'
export { textLlm } from './llm/text-llm.js'
export { chatCompletionsApi } from './llm/wire/chat-api.js'
export type { ApiOptions } from './llm/wire/fetching.js'
export { messagesApi } from './llm/wire/messages-api.js'
export { responsesApi } from './llm/wire/responses-api.js'
export type { Timeouts } from './llm/wire/timers.js'
export type { DeliveryBus, DeliveryBusOptions, DeliveryListener } from './run/delivery-bus.js'
export { deliveryBus } from './run/delivery-bus.js'
export type { EdgeFunction, Edges } from './run/edge.js'
export type { LLMExecutorOptions } from './run/executor.js'
export { llmExecutor } from './run/executor.js'
export type { ForkEstimate, ForkKitOptions } from './run/fork.js'
export { forkEstimate, forkKit } from './run/fork.js'
export type { Kit } from './run/kit.js'
export type { Divergence, ReplayKitOptions, ReplayReport, StrictReplayOptions } from './run/replay.js'
export { replayKit, strictReplay } from './run/replay.js'
export type { Drafts, EventOf, Responder, ResponderContext, ResponderFunction } from './run/responder.js'
export { responder } from './run/responder.js'
export type { Run, RunKitOptions } from './run/run-kit.js'
export { resumeKit, runKit } from './run/run-kit.js'
export type { Runtime, RuntimeOptions } from './run/runtime.js'
export { createRuntime } from './run/runtime.js'
export type { RunSummary } from './run/summary.js'
export { runSummary } from './run/summary.js'
export type { FieldChange, ThingChange, ThingsDiff, WorldDiff } from './world/diff-worlds.js'
export { diffFields, diffWorlds } from './world/diff-worlds.js'
export { project } from './world/project.js'
export type { ProjectedLedger, ProjectFromOptions } from './world/snapshot.js'
export { projectFrom } from './world/snapshot.js'
export type { World, WorldContext, WorldObject, WorldRelation } from './world/world.js'
