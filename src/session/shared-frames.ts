import { type Data, encodeFrames, type Header, type TextFormat } from "./frame.ts"

/** Encodes a message that goes to many clients once. */
export class SharedFrames {
  private last: { message: Data; format: TextFormat; frames: readonly Data[] } | undefined

  /** As `encodeFrames`. The frame of one message with the header 0 is the same for all clients. */
  readonly encode = (header: Header, messages: readonly Data[], format: TextFormat): readonly Data[] => {
    const [message] = messages
    if (header !== 0 || message === undefined || messages.length > 1) return encodeFrames(header, messages, format)
    if (this.last?.message !== message || this.last.format !== format)
      this.last = { message, format, frames: encodeFrames(0, messages, format) }
    return this.last.frames
  }
}
