/** Tells subscribers of events as they come, without letting them disturb the run. */
import { asDaybookError } from '../errors.js'
import { defaultHost } from '../host.js'
import type { EventType, LedgerEvent } from '../ledger/event.js'
import type { Responder } from './responder.js'

export type DeliveryListener = (event: LedgerEvent) => void | Promise<void>

export interface DeliveryBusOptions {
  /** Hears of what a subscriber threw; without it, it is a warning. */
  readonly onError?: (error: unknown, subscriber: string, event: LedgerEvent) => void
}

export interface DeliveryBus {
  /** Delivers events of these types, of all types where none is named. Returns what ends this subscription. */
  subscribe(listener: DeliveryListener, name: string, types?: EventType | readonly EventType[]): () => void
  /** Ends all subscriptions of this name; false where there is none. */
  unsubscribe(name: string): boolean
  /** The names of those who took the event, in the order of subscription; one that threw is not among them. */
  deliver(event: LedgerEvent): string[]
  readonly length: number
  /** To be registered in a runtime: `delivery.bus`, which hears all events and emits nothing. */
  readonly responder: Responder
}

interface Subscription {
  readonly name: string
  readonly types: ReadonlySet<EventType>
  readonly listener: DeliveryListener
}

export function deliveryBus(options: DeliveryBusOptions = {}): DeliveryBus {
  const { onError = warn } = options
  let subscriptions: readonly Subscription[] = []

  function failed(error: unknown, name: string, event: LedgerEvent): void {
    try {
      onError(error, name, event)
    } catch (thrown) {
      warn(thrown, name)
    }
  }

  const bus: DeliveryBus = {
    subscribe(listener, name, types = []) {
      const subscription = { name, listener, types: new Set(typeof types === 'string' ? [types] : types) }
      subscriptions = [...subscriptions, subscription]
      return () => {
        subscriptions = subscriptions.filter(other => other !== subscription)
      }
    },
    unsubscribe(name) {
      const { length } = subscriptions
      subscriptions = subscriptions.filter(subscription => subscription.name !== name)
      return subscriptions.length < length
    },
    deliver(event) {
      const reached: string[] = []
      // The list is replaced and never changed: a subscriber may subscribe or leave while it is told.
      for (const { name, types, listener } of subscriptions) {
        if (types.size > 0 && !types.has(event.type)) continue
        try {
          const pending = listener(event)
          if (pending instanceof Promise) pending.catch((error: unknown) => failed(error, name, event))
          reached.push(name)
        } catch (error) {
          failed(error, name, event)
        }
      }
      return reached
    },
    get length() {
      return subscriptions.length
    },
    responder: {
      name: 'delivery.bus',
      types: [],
      fn: event => {
        bus.deliver(event)
      }
    }
  }
  return bus
}

function warn(error: unknown, name: string): void {
  const message = `The subscriber ${name} threw: ${asDaybookError(error).message}`
  defaultHost().warn({ area: 'delivery', kind: name, message })
}
