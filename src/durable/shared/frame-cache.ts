import { type Codec, codecOfFrames, type Data } from "../../socket/codec.ts"
import type { CloseMessage } from "../../socket/message.ts"

/** Encodes the element of a broadcast once for each codec, not once for each socket. */
export class FrameCache {
  private readonly frames = new Map<unknown, Data | CloseMessage>()
  private broadcast: { element: unknown } | undefined
  private readonly shares = new WeakMap<object, object>()

  /** Caches the frames of `element` while `publish` runs. */
  whileBroadcasting(element: unknown, publish: () => void): void {
    const outer = this.broadcast
    this.broadcast = { element }
    this.frames.clear()
    try {
      publish()
    } finally {
      this.frames.clear()
      this.broadcast = outer
    }
  }

  encode<In, Out>(codec: Codec<In, Out>, element: Out): Data | CloseMessage {
    if (!this.broadcast || !Object.is(this.broadcast.element, element)) return codec.encode(element)
    const known = this.frames.get(codec)
    if (known !== undefined) return known
    const frame = codec.encode(element)
    this.frames.set(codec, frame)
    return frame
  }

  /** A codec that encodes through this cache. Returns the same one for the same codec. */
  shared<In, Out>(codec: Codec<In, Out>): Codec<In, Out> {
    const known = this.shares.get(codec)
    if (known) return known as Codec<In, Out>
    const { decode, closed, name } = codec
    const shared = codecOfFrames<In, Out>(decode, (element) => this.encode(codec, element), closed, name)
    this.shares.set(codec, shared)
    return shared
  }
}
