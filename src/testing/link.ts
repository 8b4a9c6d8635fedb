import { checkNames } from "../stream/author-value.ts"
import { type Duration, toMilliseconds } from "../stream/duration.ts"
import { Random } from "./random.ts"
import { show } from "./show.ts"

/** The options of `link`. */
export interface LinkOptions {
  /** The time that a frame takes, by the clock of the test; at least 0 ms. Default 0. */
  delay?: Duration
  /**
   * The frame at which the connection breaks: a probability from 0 to 1 for each frame, or a function of the number of the frame, which
   * counts both directions and all connections of the client, from 1. That frame and all later frames are lost, in both directions. Neither
   * end gets an event before the client drops. With `resumed` the client has a whole connection again. Default 0: it does not break.
   */
  lose?: number | ((frame: number) => boolean)
  /** The seed of the probability: the same seed loses the same frames. Default 1. */
  seed?: number
}

/** A network between a client and an object, for `connect(codec, data, { link: link({ … }) })`. One for each client. */
export interface Link {
  /** The client connects a socket. */
  connect(): void
  /** Delivers a frame, now or after `delay` milliseconds, or loses it. */
  pass(deliver: () => void, later: (delay: number, deliver: () => void) => void): void
  /** Whether the connection is broken. */
  readonly isBroken: boolean
}

/**
 * Makes a network that delays frames, and that breaks at a frame.
 *
 * @throws a `RangeError` for a `delay` that is no duration of at least 0 ms, and for a probability that is not from 0 to 1; a
 * `TypeError` for an unknown option
 */
export function link(options: LinkOptions = {}): Link {
  const { delay = 0, lose = 0, seed = 1 } = options
  checkNames("link option", options, { delay, lose, seed })
  if (typeof lose !== "function" && !(lose >= 0 && lose <= 1)) {
    throw new RangeError(
      `link: lose is a probability from 0 to 1, or a function of the number of a frame, and not ${show(lose)}`,
    )
  }
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

  connect(): void {
    this.isBroken = false
  }

  pass(deliver: () => void, later: (delay: number, deliver: () => void) => void): void {
    this.isBroken ||= this.isLost(++this.frames)
    if (this.isBroken) return
    if (this.delay === 0) deliver()
    else later(this.delay, () => void (this.isBroken || deliver()))
  }
}
