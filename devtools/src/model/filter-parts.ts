/**
 * What the filter is made of, in one module that is loaded when somebody filters, or a little before: to see a run, none of
 * it is needed.
 */
export { matcher } from './filter.js'
export { prepareSearch } from './search-text.js'
export { suggestions } from './suggest.js'
export { faultsOf, parseFilter } from './terms.js'
