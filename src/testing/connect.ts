import type { CodecOrProtocol } from "../socket/protocol-codec.ts"
import { isCodec, type Speech } from "../socket/speech.ts"
import { isObject, wrongValue } from "../stream/author-value.ts"
import { SessionWire } from "./session-wire.ts"
import { TestClient, type Wire } from "./test-client.ts"
import type { ClientOf } from "./test-object.ts"
import type { RequestFacts } from "./upgrade.ts"

/** Connects a client through a socket that `dial` makes; with `resume`, through a session that may dial further sockets. */
export async function connect<C extends CodecOrProtocol<unknown, never>>(
  codec: C,
  facts: RequestFacts,
  dial: (facts: RequestFacts) => Promise<Wire>,
): Promise<ClientOf<C>> {
  if (!isObject(codec)) {
    throw wrongValue("A client has the codec of its endpoint, or its protocol, and got", codec, "write connect(text)")
  }
  const { headers, kept = headers, resume } = facts
  if (!resume) return new TestClient(codec, await dial(facts)) as ClientOf<C>
  const spoken: CodecOrProtocol<unknown, never> = codec
  const ways = "receives" in spoken ? [spoken.receives, spoken.sends] : [spoken]
  const wire = new SessionWire(ways.every(isJson) ? "json" : "text", (subprotocols) =>
    dial({ ...facts, kept, headers: { ...headers, "Sec-WebSocket-Protocol": subprotocols } }),
  )
  const client = new TestClient(codec, wire)
  await wire.resume()
  return client as ClientOf<C>
}

/** Whether a session carries the texts of a direction as JSON. */
const isJson = (speech: Speech) => !isCodec(speech) || speech.format === "json"
