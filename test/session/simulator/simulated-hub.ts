import type { ElementLogs } from "../../../src/session/sent-messages.ts"
import { encoded, type Settings } from "./settings.ts"
import type { Storage } from "./storage.ts"

/** The name of the only hub. */
export const hubName = "hub"

interface Element {
  text: string
  /** The excluded session. */
  except?: string
}

/** A hub that keeps its last elements in storage, where sessions read them. */
export class SimulatedHub implements ElementLogs {
  /** The number of the element that is being published. */
  private publishing: number | undefined

  constructor(
    private readonly settings: Settings,
    private readonly storage: Storage,
  ) {}

  get end(): number {
    return Number(this.storage.get("hub/next") ?? 0)
  }

  get first(): number {
    return Math.max(0, this.end - this.settings.keep)
  }

  /** The next element for subscribers that have caught up. */
  get delivered(): number {
    return this.settings.countsPublishing ? this.end : (this.publishing ?? this.end)
  }

  add(text: string, except: string | undefined, publish: (number: number) => void): void {
    const number = this.end
    this.storage.put(`hub/${number % this.settings.keep}`, JSON.stringify({ text, except } satisfies Element))
    this.storage.put("hub/next", String(number + 1))
    this.publishing = number
    publish(number)
    this.publishing = undefined
  }

  at(number: number): Element {
    return JSON.parse(this.storage.get(`hub/${number % this.settings.keep}`) ?? "{}")
  }

  /** Whether an element is no longer kept. */
  isLost(text: string): boolean {
    const [kind, number] = text.split(":")
    return kind === hubName && Number(number) < this.first
  }

  next(): number {
    return this.delivered
  }

  has(_hub: string, number: number): boolean {
    return number >= this.first && number < this.end
  }

  read(_hub: string, number: number) {
    return encoded(this.at(number).text, this.settings)
  }

  /** The elements that a session gets that has begun before element `joined`. */
  heardBy(id: string, joined: number): string[] {
    const numbers = Array.from({ length: this.end - joined }, (_, index) => joined + index)
    return numbers.map((number) => this.at(number)).flatMap(({ text, except }) => (except === id ? [] : [text]))
  }
}
