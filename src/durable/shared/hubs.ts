import { requirePositiveInteger } from "../../stream/argument.ts"
import { stageStep } from "../../stream/engine/wiring.ts"
import { Source } from "../../stream/source.ts"
import { Hub, type HubOptions } from "./hub.ts"
import { HubLog } from "./hub-log.ts"
import { LogSubscription } from "./log-subscription.ts"
import type { Topics } from "./topics.ts"

/** What the hubs of an object need from it. */
export interface HubsHost {
  event(handler: () => void): void
  readonly topics: Topics
  /** The owners of the runs of connections. */
  ownersOf(ids: readonly string[]): ReadonlySet<unknown>
  readonly kv: SyncKvStorage
}

/** The hubs of an object, and the logs of those that keep elements. */
export class Hubs {
  private readonly logs: HubLog<never>[] = []

  constructor(private readonly host: HubsHost) {}

  make<T>(name: string, { keep, ...options }: HubOptions = {}): Hub<T> {
    const { host } = this
    const channel = host.topics.channel<T>(`sluice:hub:${name}`, `hub "${name}"`)
    const log = keep === undefined ? undefined : this.log<T>(name, keep)
    const publishAll = (elements: readonly T[], except: readonly string[]) => {
      host.event(() => {
        for (const element of elements) host.topics.publish(channel, element, except, { log })
      })
    }
    const isExcluded = (ids: readonly string[], owner: unknown) => ids.length > 0 && host.ownersOf(ids).has(owner)
    const logged = (log: HubLog<T>) => (last: number) =>
      new Source<T>([stageStep(channel.name, "keeps", () => new LogSubscription(channel, log, last, isExcluded))])
    return new Hub(channel, publishAll, options, undefined, log && logged(log))
  }

  /** Storage may have another content. */
  forget(): void {
    for (const log of this.logs) log.forget()
  }

  private log<T>(name: string, keep: number): HubLog<T> {
    const log = new HubLog<T>(name, requirePositiveInteger(`The keep of hub "${name}"`, keep), this.host.kv)
    this.logs.push(log as HubLog<never>)
    return log
  }
}
