import { type Duration, toMilliseconds } from "../stream/duration.ts"
import { Random } from "./random.ts"

/** What a network does to a connection. */
export interface LinkOptions {
  /** How long a frame takes, by the clock of the test. Default: no time. */
  delay?: Duration
  /**
   * Where the connection breaks: a probability for each frame, or a function of the number of the frame, from 1 on. That frame is
   * lost, and all that come after it, in both directions; neither end notices before the client drops. Default: nowhere.
   */
  lose?: number | ((frame: number) => boolean)
  /** Makes a probability the same each time. Default 1. */
  seed?: number
}

/** A network between a client and an object, for `connect(codec, data, { link: link({ … }) })`. One for each client. */
export interface Link {
  /** Lets a frame through, now or later, or loses it. */
  pass(deliver: () => void, later: (delay: number, deliver: () => void) => void): void
  /** Whether the connection is broken. */
  readonly isBroken: boolean
}

/**
 * A network that delays frames, and breaks at a frame.
 *
 * @throws a `RangeError` for a delay that is no duration
 */
export function link({ delay = 0, lose = 0, seed = 1 }: LinkOptions = {}): Link {
  const random = new Random(seed)
  const isLost = typeof lose === "function" ? lose : () => random.below(1_000_000) < lose * 1_000_000
  return new LossyLink(toMilliseconds(delay, 0, "link: delay"), isLost)
}

class LossyLink implements Link {
  isBroken = false
  private frames = 0

  constructor(
    private readonly delay: number,
    private readonly isLost: (frame: number) => boolean,
  ) {}

  pass(deliver: () => void, later: (delay: number, deliver: () => void) => void): void {
    this.isBroken ||= this.isLost(++this.frames)
    if (this.isBroken) return
    if (this.delay === 0) deliver()
    else later(this.delay, () => void (this.isBroken || deliver()))
  }
}
