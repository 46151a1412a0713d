/** Where a provider of the table is: at its own address, or at one that the caller or the environment names. */
import type { Provider } from './provider-table.js'

/** What cannot be in the table. What is left out is looked up in the environment. */
export interface AddressOptions {
  /** `baseURL` is the resource, such as https://name.openai.azure.com. */
  readonly azure?:
    | {
        readonly baseURL?: string | undefined
        readonly apiVersion?: string | undefined
        /** A token of Microsoft Entra, sent in place of a key; a function is asked for it before each request. */
        readonly token?: string | (() => string | Promise<string>) | undefined
      }
    | undefined
  readonly vertex_ai?: { readonly project?: string | undefined; readonly location?: string | undefined } | undefined
}

/** What is asked for an address. */
export interface Wanted {
  readonly model: string
  readonly api: 'chat' | 'responses' | 'messages'
  /** Of the call itself. */
  readonly baseURL?: string | undefined
  readonly options: AddressOptions
  env(name: string): string | undefined
}

export interface Address {
  readonly baseURL: string
  /** The model as this address knows it. */
  readonly model: string
  /** The settings that are needed and not there. */
  readonly missing: readonly string[]
}

export function addressOf(name: string, row: Provider, wanted: Wanted): Address {
  const { model, env, options } = wanted
  const missing: string[] = []
  const setting = (given: string | undefined, variable: string): string => {
    const value = given || env(variable)
    if (!value) missing.push(variable)
    return value || ''
  }

  if (name === 'azure') {
    const base = setting(wanted.baseURL ?? options.azure?.baseURL, 'AZURE_API_BASE')
    const [path = '', query] = base.split('?', 2)
    const stated = new URLSearchParams(query).get('api-version') ?? options.azure?.apiVersion
    const version = setting(stated, 'AZURE_API_VERSION')
    const resource = `${withoutSlash(path).replace(/\/openai$/, '')}/openai`
    // Encoded, a name cannot lead to another path; a dot or two would even so.
    if (/^\.\.?$/.test(model)) missing.push('the name of a deployment')
    const place = wanted.api === 'responses' ? resource : `${resource}/deployments/${encodeURIComponent(model)}`
    return { baseURL: `${place}?api-version=${encodeURIComponent(version)}`, model, missing }
  }

  if (name === 'vertex_ai') {
    const published = model.includes('/') ? model : `google/${model}`
    if (wanted.baseURL) return { baseURL: wanted.baseURL, model: published, missing }
    const project = setting(options.vertex_ai?.project, 'VERTEXAI_PROJECT')
    const location = setting(options.vertex_ai?.location, 'VERTEXAI_LOCATION')
    // It becomes part of the host that gets the token.
    if (!/^[a-z0-9-]*$/.test(location)) missing.push('VERTEXAI_LOCATION as the name of a region')
    const host = location === 'global' ? 'aiplatform' : `${location}-aiplatform`
    const path = `v1/projects/${encodeURIComponent(project)}/locations/${location}/endpoints/openapi`
    return { baseURL: `https://${host}.googleapis.com/${path}`, model: published, missing }
  }

  if (row.envBase === undefined) return { baseURL: wanted.baseURL ?? row.baseURL, model, missing }
  const base = wanted.baseURL ?? (env(row.envBase) || row.baseURL)
  if (!base) missing.push(row.envBase)
  return { baseURL: versioned(base), model, missing }
}

/** With the version at its end, where these servers have everything. */
function versioned(base: string): string {
  const path = withoutSlash(base)
  return path === '' || /\/v\d+$/.test(path) ? path : `${path}/v1`
}

function withoutSlash(path: string): string {
  let end = path.length
  while (path[end - 1] === '/') end--
  return path.slice(0, end)
}
