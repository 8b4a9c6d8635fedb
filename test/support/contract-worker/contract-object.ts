import { binary, type Endpoint, Flow, text, webSocket } from "sluice"
import { type ConnectionFacts, FlowObject } from "sluice/durable"
import { endpointOf, openGate } from "./endpoints.ts"

/** How often an object was constructed, by its name. */
const constructions = new Map<string, number>()

/** The endpoints in a Durable Object, one for the connections of each test. */
export class ContractObject extends FlowObject {
  private readonly room = this.hub<Uint8Array>("room")
  private readonly construction: number

  constructor(ctx: DurableObjectState, env: unknown) {
    super(ctx, env)
    const id = ctx.id.toString()
    this.construction = (constructions.get(id) ?? 0) + 1
    constructions.set(id, this.construction)
  }

  accept({ params, url }: ConnectionFacts): Endpoint {
    const query = Object.fromEntries(new URL(url).searchParams)
    if (params.name === "room") {
      const flow = Flow.fromSinkAndSource(this.room.sink(), this.room.source())
      return webSocket.flow(binary, flow, { limits: { outgoing: Number(query.outgoing) } })
    }
    if (params.name === "redeployed") {
      // A flow that has one step more whenever the object was evicted.
      const steps = Array.from({ length: this.construction }, (_, index) => index)
      const flow = steps.reduce((flow) => flow.filter(() => true), Flow.of<string>())
      return webSocket.flow(text, flow)
    }
    return endpointOf(params.name ?? "", query)
  }

  /** A promise is settled where it was made: an object does not hear of it from a request to the Worker. */
  openGate(id: string): void {
    openGate(id)
  }
}
