import type { Endpoint } from "sluice"
import { type ConnectionFacts, FlowObject } from "sluice/durable"
import { endpointOf, openGate } from "./endpoints.ts"

/** The endpoints in a Durable Object, one for the connections of each test. */
export class ContractObject extends FlowObject {
  accept({ params, url }: ConnectionFacts): Endpoint {
    return endpointOf(params.name ?? "", Object.fromEntries(new URL(url).searchParams))
  }

  /** A promise is settled where it was made: an object does not hear of it from a request to the Worker. */
  openGate(id: string): void {
    openGate(id)
  }
}
