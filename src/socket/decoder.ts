import { CloseCode, CloseError } from "./close.ts"
import type { Closing } from "./closing.ts"
import { type Codec, CodecError, type Data } from "./codec.ts"
import type { CloseMessage } from "./message.ts"
import type { Metrics } from "./metrics.ts"

/** Decodes the messages of a client, and counts those that cannot be decoded. */
export class Decoder<In> {
  constructor(
    private readonly codec: Codec<In, never>,
    private readonly metrics: Metrics,
    private readonly closing: Closing,
  ) {}

  /**
   * Throws a `CloseError` for a frame that cannot be decoded. It is not logged, because a client could fill the log. An error other than
   * a `CloseError`, which may be a fault of the codec, has a counter of its own. A `CodecError` is thrown as it is.
   */
  message(data: Data): In {
    try {
      return this.codec.decode(data)
    } catch (error) {
      this.metrics.decodeErrors++
      if (error instanceof CloseError || error instanceof CodecError) throw error
      this.metrics.codecErrors++
      throw new CloseError(CloseCode.unsupportedData, "Unable to decode the message", { cause: error })
    }
  }

  /** The elements that a codec with `closed` makes of the peer's close. One that it cannot decode counts like a message. */
  close(close: CloseMessage): In[] {
    try {
      return this.codec.closed ? [this.codec.closed(close)] : []
    } catch (error) {
      this.metrics.decodeErrors++
      this.closing.log("info", "close cannot be decoded", close.code, error)
      return []
    }
  }
}
