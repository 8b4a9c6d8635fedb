import type { CodecOrProtocol } from "../socket/protocol-codec.ts"
import { isCodec, type Speech } from "../socket/speech.ts"
import { SessionWire } from "./session-wire.ts"
import { TestClient, type Wire } from "./test-client.ts"
import type { RequestFacts } from "./upgrade.ts"

/** Connects a client through a socket that `dial` makes; with `resume`, through a session that may dial further sockets. */
export async function connect<In, Out>(
  codec: CodecOrProtocol<In, Out>,
  facts: RequestFacts,
  dial: (facts: RequestFacts) => Promise<Wire>,
): Promise<TestClient<In, Out>> {
  const { headers, kept = headers, resume } = facts
  if (!resume) return new TestClient(codec, await dial(facts))
  const ways = "receives" in codec ? [codec.receives, codec.sends] : [codec]
  const wire = new SessionWire(ways.every(isJson) ? "json" : "text", (subprotocols) =>
    dial({ ...facts, kept, headers: { ...headers, "Sec-WebSocket-Protocol": subprotocols } }),
  )
  const client = new TestClient(codec, wire)
  await wire.resume()
  return client
}

/** Whether a session carries the texts of a direction as JSON. */
const isJson = (speech: Speech) => !isCodec(speech) || speech.format === "json"
