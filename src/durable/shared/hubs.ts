import { requirePositiveInteger } from "../../stream/argument.ts"
import { checkNames } from "../../stream/author-value.ts"
import { aFunction, checkArgument } from "../../stream/checks.ts"
import { stageStep } from "../../stream/engine/wiring.ts"
import { Source } from "../../stream/source.ts"
import type { AnyChannel } from "./channel.ts"
import { Hub, type HubHost, type HubOptions, type LogReader } from "./hub.ts"
import { HubLog } from "./hub-log.ts"
import { LogSubscription } from "./log-subscription.ts"
import type { OnError, Topics } from "./topics.ts"

/** The part of an object's sockets that its hubs use. */
interface Subscribers {
  /** The owners of the runs of connections. */
  ownersOf(ids: readonly string[]): ReadonlySet<unknown>
  /** The ids of the connections that subscribe, awake or hibernating. */
  subscriberIds(channel: AnyChannel): readonly string[]
  /** Restores the hibernating subscribers that an element cannot be sent to directly. */
  restoreIndirect(channel: string): void
}

/** The parts of an object that its hubs use. */
export interface HubsHost {
  event(handler: () => void): void
  readonly topics: Topics
  readonly subscribers: Subscribers
  readonly connections: { readonly size: number }
  readonly kv: SyncKvStorage
}

/** The hubs of an object, and the logs of those that keep elements. */
export class Hubs {
  /** By the names of their channels. */
  private readonly logs = new Map<string, HubLog<never>>()
  private readonly all: { discard(): void }[] = []

  constructor(private readonly host: HubsHost) {}

  make<T>(name: string, options: HubOptions<T> = {}): Hub<T> {
    const { host } = this
    const { batchWindow, keep, backpressure, partition } = options
    checkNames("hub option", options, { batchWindow, keep, backpressure, partition })
    if (partition) checkArgument(`The partition of hub "${name}"`, partition, aFunction)
    if (partition && keep !== undefined) {
      throw new TypeError(
        `Hub "${name}" has partition and keep: a log is for all subscribers, so leave out one of the two`,
      )
    }
    const channel = host.topics.channel<T>(`sluice:hub:${name}`, `hub "${name}"`)
    const log = keep === undefined ? undefined : this.log<T>(name, channel.name, keep)
    const others = (element: T) => {
      const ids = host.subscribers.subscriberIds(channel)
      const chosen = partition?.(ids, element)
      return ids.filter((id) => id !== chosen)
    }
    const publish = (element: T, except: readonly string[], onError?: OnError) => {
      host.topics.publish(channel, element, except, { log, others: partition && (() => others(element)), onError })
    }
    const isExcluded = (ids: readonly string[], owner: unknown) =>
      ids.length > 0 && host.subscribers.ownersOf(ids).has(owner)
    const reader = (log: HubLog<T>): LogReader<T> => ({
      published: () => log.count,
      check: (element) => log.check(element),
      source: (last) =>
        new Source<T>([stageStep(channel.name, "keeps", () => new LogSubscription(channel, log, last, isExcluded))]),
    })
    const hubHost: HubHost<T> = {
      publish: (...args) => host.event(() => publish(...args)),
      publishAll: (elements) =>
        host.event(() => {
          for (const element of elements) host.topics.attempt(channel, () => publish(element, []))
        }),
      whenSaved: (effect) => host.topics.whenSaved(effect, log),
      restoreBuffers: () => host.subscribers.restoreIndirect(channel.name),
      log: log && reader(log),
    }
    const hub = new Hub<T>(channel, hubHost, options)
    this.all.push(hub)
    return hub
  }

  /** Drops the elements that hubs have collected, because the object is destroyed. */
  discard(): void {
    for (const hub of this.all) hub.discard()
  }

  /** Makes the logs read storage again, because its content may have changed. */
  forget(): void {
    for (const log of this.logs.values()) log.forget()
  }

  /** Storage is about to be emptied. */
  beforeDeleteAll(): void {
    for (const log of this.logs.values()) void log.next
  }

  /** Begins new logs, because storage has been emptied. */
  restart(): void {
    const hasReaders = this.host.connections.size > 0
    for (const log of this.logs.values()) log.restart(hasReaders)
  }

  /** The log of the hub with this channel; `undefined` for one without. */
  logOf(channel: string): HubLog<unknown> | undefined {
    return this.logs.get(channel)
  }

  private log<T>(name: string, channel: string, keep: number): HubLog<T> {
    const log = new HubLog<T>(name, requirePositiveInteger(`The keep of hub "${name}"`, keep), this.host.kv)
    this.logs.set(channel, log as HubLog<never>)
    return log
  }
}
