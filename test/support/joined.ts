import { Flow } from "../../src/stream/flow.ts"
import { Source } from "../../src/stream/source.ts"
import type { SourceQueue } from "../../src/stream/source-handles.ts"
import { Probe } from "../../src/testing/probe/probe.ts"

/** A flow of letters joined with a side source: `probe` drives the flow, `side` the source. */
export class Joined<Out> {
  readonly probe: Probe<string, Out>
  private queue!: SourceQueue<string>

  constructor(join: (flow: Flow<string, string>, side: Source<string>) => Flow<string, Out>) {
    this.probe = Probe.flow(() => {
      this.queue = Source.queue<string>(16)
      return join(Flow.of<string>(), this.queue.source)
    })
  }

  /** The side source of the running instance: hibernation creates a new one. */
  get side(): SourceQueue<string> {
    return this.queue
  }

  /** Whether the junction has cancelled the side source. */
  get sideIsClosed(): boolean {
    return this.queue.offer("?") === "closed"
  }

  offer(...elements: string[]): this {
    for (const element of elements) this.queue.offer(element)
    return this
  }

  send(...elements: string[]): this {
    this.probe.send(...elements)
    return this
  }

  hibernate(): this {
    this.probe.hibernate()
    return this
  }

  request(count: number): this {
    this.probe.request(count)
    return this
  }

  unbounded(): this {
    return this.request(Infinity)
  }

  get received(): Out[] {
    return this.probe.received
  }

  get ended() {
    return this.probe.ended
  }
}
