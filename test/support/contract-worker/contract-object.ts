import type { Endpoint } from "sluice"
import { type ConnectionFacts, FlowObject } from "sluice/durable"
import { endpointOf } from "./endpoints.ts"

/** The endpoints in a Durable Object, one for the connections of each test. */
export class ContractObject extends FlowObject {
  accept({ params, url }: ConnectionFacts): Endpoint {
    return endpointOf(params.name ?? "", Object.fromEntries(new URL(url).searchParams))
  }
}
