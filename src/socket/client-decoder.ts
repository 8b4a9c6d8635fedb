import { CloseCode, CloseError } from "./close.ts"
import { type Codec, CodecError, type Data } from "./codec.ts"
import { type AllLimits, LimitGuard } from "./limits.ts"

/** Decodes the messages of an upstream, within limits. */
export class ClientDecoder<In> {
  private readonly guard: LimitGuard

  constructor(
    private readonly codec: Codec<In, never>,
    limits: AllLimits,
  ) {
    this.guard = new LimitGuard(limits)
  }

  /** The element of a frame, or the fault of the frame. Throws a `CodecError`, because that is no fault of the upstream. */
  read(data: Data, now: number): { element: In } | { fault: CloseError } {
    try {
      this.guard.check(data, now)
      return { element: this.codec.decode(data) }
    } catch (fault) {
      if (fault instanceof CodecError) throw fault
      return {
        fault:
          fault instanceof CloseError
            ? fault
            : new CloseError(CloseCode.unsupportedData, "Unable to decode the message", { cause: fault }),
      }
    }
  }
}
