import { nodeModule, type V8 } from "./node.ts"

/** The largest attachment that the runtime takes, in bytes of V8's serializer, header included, as the runtime counts. */
export const largestAttachment = 16_384

/** The attachment of a socket, as the runtime keeps it. Throws for a value that the runtime refuses. */
export function serialize(attachment: unknown): Uint8Array {
  const serializer = new (v8().Serializer)()
  serializer._getDataCloneError = (message) => new DOMException(message, "DataCloneError")
  serializer.writeHeader()
  serializer.writeValue(attachment)
  const bytes = serializer.releaseBuffer()
  if (bytes.byteLength <= largestAttachment) return bytes
  throw new Error(
    `A WebSocket 'attachment' cannot be larger than ${largestAttachment} bytes.'attachment' was ${bytes.byteLength} bytes.`,
  )
}

export function deserialize(bytes: Uint8Array): unknown {
  const deserializer = new (v8().Deserializer)(bytes)
  deserializer.readHeader()
  return deserializer.readValue()
}

function v8(): V8 {
  return nodeModule<V8>("node:v8", "A MemoryObject needs Node 20.16, 22.3 or newer")
}
