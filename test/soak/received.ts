/** The numbers of the messages that a member has received: each must come once and in order. */
export class Received {
  /** The number of the last message. */
  last = 0

  /** Adds a message. Returns its finding, if it is out of order. */
  add(number: number): string | undefined {
    const before = this.last
    this.last = number
    // The first message of the history has any number.
    return before > 0 && number !== before + 1 ? `message ${number} came after message ${before}` : undefined
  }
}
