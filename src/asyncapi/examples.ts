import { checkJson } from "../socket/json-writer.ts"
import { isCloseMessage } from "../socket/message.ts"
import { isCodec, type Speech } from "../socket/speech.ts"

/** The payloads of some messages as they go over the wire. Throws a `TypeError` for one that JSON cannot express. */
export function payloadsOf(speech: Speech, examples: readonly unknown[]): unknown[] {
  if (!isCodec(speech)) {
    return examples.map((example) => JSON.parse(checkJson(example, "An example of a message is JSON, and one has")))
  }
  const frames = examples.map((example) => speech.encode(example as never))
  return frames.flatMap((frame) => {
    if (isCloseMessage(frame)) return []
    if (typeof frame !== "string") return binaryText(frame)
    return speech.name === "json" ? [JSON.parse(frame)] : frame
  })
}

/** A text with a character for each byte, as `format: "binary"` has it. */
function binaryText(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("")
}
