/** A page or a worker of one: there the browser has a say in what is sent and in what is told. */
export const inPage: boolean = 'document' in globalThis || 'WorkerGlobalScope' in globalThis
