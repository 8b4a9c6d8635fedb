import { requireCodec } from "./argument-checks.ts"
import { Codec } from "./codec.ts"
import { json } from "./json.ts"
import { isCodec, type Speech } from "./speech.ts"

/** Both ways of a WebSocket, named from the server's side. */
interface Ways {
  readonly receives: Speech
  readonly sends: Speech
}

/** The part of a protocol that an endpoint uses: its two directions, and the types of their elements for the server. */
export interface ProtocolLike<In, Out> extends Ways {
  /** Carries the types of the elements to `webSocket.upgrade` and the like; never called. */
  readonly sluiceElements?: (element: Out) => In
}

/** Reads and writes the frames of an endpoint: a codec or a protocol. */
export type CodecOrProtocol<In, Out> = Codec<In, Out> | ProtocolLike<In, Out>

/** One codec for each protocol, because a hub encodes an element once for all sockets with the same codec. */
const codecs = new WeakMap<object, unknown>()

/** The codec itself, or that of a protocol: it validates both directions, and sends elements as the input of the schema of `sends`. */
export function codecOf<In, Out>(given: CodecOrProtocol<In, Out>): Codec<In, Out> {
  if (!isProtocol(given)) {
    requireCodec(given)
    return given
  }
  const known = codecs.get(given) ?? madeOf(given)
  codecs.set(given, known)
  return known as Codec<In, Out>
}

function madeOf({ receives, sends }: Ways): unknown {
  if (receives === sends && receives instanceof Codec) return receives
  if (!isCodec(receives) && !isCodec(sends)) return json(receives, sends)
  const incoming = isCodec(receives) ? receives : json(receives)
  const outgoing = isCodec(sends) ? sends : json(sends, sends)
  const format = incoming.format === "json" && outgoing.format === "json" ? "json" : "text"
  return new Codec(incoming.decode, outgoing.encode, undefined, `${incoming.name} and ${outgoing.name}`, format)
}

function isProtocol<In, Out>(given: CodecOrProtocol<In, Out>): given is ProtocolLike<In, Out> {
  return typeof given === "object" && given !== null && "receives" in given && "sends" in given
}
