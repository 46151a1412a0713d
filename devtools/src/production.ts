/** `daybook-devtools/production`: the panel, whatever the build. */
export { mountDevtools } from './stub.js'
export type {
  DevtoolsOptions,
  DevtoolsSource,
  LedgerFollower,
  MountedDevtools,
  SourceInput,
  SourceStatus
} from './types.js'
