import { checkNames, describeValue, wrongValue } from "../stream/author-value.ts"
import { type Duration, toMilliseconds } from "../stream/duration.ts"
import { type DropStrategy, dropStrategies } from "../stream/overflow.ts"
import { CloseCode, CloseError } from "./close.ts"
import type { Data } from "./codec.ts"

/** The handling of messages for a slow client: see `Limits.slowReader`. */
export type SlowReaderStrategy = "backpressure" | "dropHead" | "dropNew" | "fail"

/** Limits per connection. An endpoint throws a `RangeError` for a number that is not above 0, and a `TypeError` for an unknown limit. */
export interface Limits {
  /** Bytes of one message, text counted as UTF-8; a larger message closes with 1009. Default 1,048,576 (1 MiB). */
  maxMessageSize?: number
  /**
   * Messages per second, which is also the largest burst, but at least one; a further one closes with 1008. A client that is back to its
   * session may send at once, beside the burst, as many as it could have sent since its last message, at most 1,000; so may one that has
   * waited because 128 messages of its session were unacknowledged. Default: no limit.
   */
  messagesPerSecond?: number
  /** Messages that wait because the flow has no demand. Default 256. */
  maxQueuedMessages?: number
  /** Which messages are dropped when one comes while `maxQueuedMessages` wait; `fail` closes with 1013 instead. Default `fail`. */
  queueOverflow?: DropStrategy
  /**
   * Bytes buffered for a client (`bufferedAmount`). Above this mark the client is slow. Default 1,048,576 (1 MiB), or 65,536 (64 KiB) for
   * an endpoint with `resume`. While a client is slow its object stays in memory; see `idleTimeout`. Needs `bufferedAmount`, which workerd
   * has since 2026-11-17; without it no client is slow.
   */
  maxBufferedAmount?: number
  /**
   * While the client is slow, the flow gets no demand (`backpressure`, the default), the oldest of more than 16 waiting messages are
   * dropped (`dropHead`), new messages are dropped (`dropNew`), or the socket closes with 1013 (`fail`). A close message is never dropped,
   * and messages that wait are sent before the close.
   */
  slowReader?: SlowReaderStrategy
  /**
   * How long a client may send nothing, not even the request of `autoResponse`, before it is closed with 1001. At least 1 ms. Default: no
   * limit.
   */
  idleTimeout?: Duration
}

/** Every limit, durations in milliseconds. */
export type AllLimits = Required<Omit<Limits, "idleTimeout">> & { idleTimeout: number }

const slowReaders: readonly SlowReaderStrategy[] = ["backpressure", "dropHead", "dropNew", "fail"]

/** The limits with defaults for those that are not given. Throws a `RangeError` or a `TypeError` for one that is not valid. */
export function withDefaults(limits: Limits): AllLimits {
  const {
    maxMessageSize = 1_048_576,
    messagesPerSecond = Infinity,
    maxQueuedMessages = 256,
    maxBufferedAmount = 1_048_576,
  } = limits
  const { queueOverflow = "fail", slowReader = "backpressure" } = limits
  const idleTimeout = limits.idleTimeout === undefined ? Infinity : toMilliseconds(limits.idleTimeout, 1)
  const numbers = { maxMessageSize, messagesPerSecond, maxQueuedMessages, maxBufferedAmount }
  for (const [name, limit] of Object.entries(numbers)) {
    if (typeof limit !== "number" || !(limit > 0)) {
      throw new RangeError(`The limit ${name} must be a number above 0, not ${describeValue(limit)}`)
    }
  }
  const all = { ...numbers, queueOverflow, slowReader, idleTimeout }
  oneOf(queueOverflow, dropStrategies, "queueOverflow")
  oneOf(slowReader, slowReaders, "slowReader")
  checkNames("limit", limits, all)
  return all
}

function oneOf<Word extends string>(given: Word, known: readonly Word[], name: string): void {
  if (!known.includes(given)) throw wrongValue(`The limit ${name} is`, given, `it must be one of ${known.join(", ")}`)
}

export const defaultLimits = withDefaults({})

/** The state of a guard while its object hibernates. The allowance is left out if there is none. */
export type SavedGuard = number | readonly [expected: number, allowance: number]

/** The largest allowance: as many messages as a client of `sluice/client` keeps by default. A message is 1,000. */
const maxAllowance = 1_000_000

/** Counts the messages of a client. Throws a `CloseError` (1009 or 1008) when the client exceeds a limit. */
export class LimitGuard {
  /**
   * When the next message would be due at the steady rate (see `throttle`), in milliseconds multiplied by the rate. A message is
   * 1,000 of these units, so nothing is rounded.
   */
  private expected: number
  /** How much may come at once beyond the limit, in the same units, because the client could not send for a time. */
  private allowance = 0
  /** Whether there is a limit for messages per second, so that the guard has a state and needs the time. */
  readonly hasRate: boolean

  /** @param since when the client could send its first message */
  constructor(
    private readonly limits: AllLimits,
    since = 0,
  ) {
    this.hasRate = limits.messagesPerSecond < Infinity
    this.expected = this.hasRate ? since * limits.messagesPerSecond : 0
  }

  /** So short that V8 inlines it into the event of a message. */
  check(data: Data, now: number): void {
    const { maxMessageSize } = this.limits
    // A code unit of text becomes one to three bytes, so the length of most messages decides.
    if (data.length * 3 > maxMessageSize) checkSize(data, maxMessageSize)
    if (this.hasRate) this.checkRate(now)
  }

  /**
   * The client could not send, and sends at once what it has kept: it had no socket, or too many messages were unacknowledged. All of the
   * time since its last message counts for its rate, because a lost socket is noticed late, or only when the next one comes.
   */
  countPause(now: number): void {
    if (!this.hasRate) return
    const due = now * this.limits.messagesPerSecond
    this.allowance = Math.min(this.allowance + Math.max(0, due - this.expected), maxAllowance)
    this.expected = Math.max(this.expected, due)
  }

  save(): SavedGuard | undefined {
    return this.allowance ? [this.expected, this.allowance] : this.expected || undefined
  }

  restore(saved: SavedGuard): void {
    const [expected, allowance] = typeof saved === "number" ? [saved, 0] : saved
    this.expected = expected
    this.allowance = allowance
  }

  private checkRate(now: number): void {
    const { messagesPerSecond } = this.limits
    const due = now * messagesPerSecond
    const latest = due + 1000 * Math.max(1, messagesPerSecond)
    this.expected = Math.max(this.expected, due) + 1000
    if (this.expected > latest) this.spendAllowance(latest)
  }

  private spendAllowance(latest: number): void {
    const excess = this.expected - latest
    if (excess > this.allowance) {
      const { messagesPerSecond } = this.limits
      throw new CloseError(CloseCode.policyViolation, `${messagesPerSecond} messages a second are allowed`)
    }
    this.allowance -= excess
    this.expected = latest
  }
}

function checkSize(data: Data, maxMessageSize: number): void {
  const isLarger = data.length > maxMessageSize || sizeOf(data) > maxMessageSize
  if (isLarger) throw new CloseError(CloseCode.messageTooBig, `A message may have ${maxMessageSize} bytes`)
}

function sizeOf(data: Data): number {
  return typeof data === "string" ? new TextEncoder().encode(data).length : data.length
}
