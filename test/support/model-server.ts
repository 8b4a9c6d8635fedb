/** The tokens of a prompt's answer: three to six, the same each time. */
export function answerTo(prompt: string): string[] {
  return Array.from({ length: 3 + (prompt.length % 4) }, (_, index) => `${prompt}.${index + 1}`)
}

/**
 * One request to the model: it generates a token at a time, until the answer is complete or its reader is gone. It is one token ahead of its
 * reader at most, as a server whose response is not read.
 */
class ModelRequest {
  isOver = false
  generated = 0
  read = 0
  private readonly tokens: string[]
  private readonly buffered: string[] = []
  private waiting: ((token: string | undefined) => void) | undefined

  constructor(prompt: string, skipped: number) {
    this.tokens = answerTo(prompt).slice(skipped)
  }

  generate(): void {
    const token = this.buffered.length === 0 ? this.tokens.shift() : undefined
    if (token === undefined) return
    this.generated++
    if (this.waiting) this.deliver(token)
    else this.buffered.push(token)
  }

  /** The next token; `undefined` after the last. */
  next(): Promise<string | undefined> {
    const token = this.buffered.shift()
    if (token !== undefined || this.tokens.length === 0) {
      if (token === undefined) this.isOver = true
      else this.read++
      return Promise.resolve(token)
    }
    return new Promise((resolve) => (this.waiting = resolve))
  }

  private deliver(token: string): void {
    this.read++
    const { waiting } = this
    this.waiting = undefined
    waiting?.(token)
  }

  /** The reader is gone. It gets no further token. */
  stop(): void {
    this.isOver = true
    this.waiting = undefined
  }
}

/** A model over the network, whose tokens the test triggers. It counts generated tokens without a reader. */
export class ModelServer {
  private readonly requests: ModelRequest[] = []

  /** The answer to a prompt, without its first tokens. */
  async *answer(prompt: string, signal: AbortSignal, skipped = 0): AsyncGenerator<string> {
    const request = new ModelRequest(prompt, skipped)
    this.requests.push(request)
    signal.addEventListener("abort", () => request.stop())
    for (let token = await request.next(); token !== undefined; token = await request.next()) yield token
  }

  /** Each open request generates a token. */
  generate(): void {
    for (const request of this.open) request.generate()
  }

  /** The readers' process is gone, and its connections with it. */
  cut(): void {
    for (const request of this.open) request.stop()
  }

  get open(): ModelRequest[] {
    return this.requests.filter(({ isOver }) => !isOver)
  }

  get asked(): number {
    return this.requests.length
  }

  get generated(): number {
    return this.requests.reduce((sum, { generated }) => sum + generated, 0)
  }

  /** The number of generated tokens that were never read, for the request with the most of them. */
  get mostUnread(): number {
    return Math.max(0, ...this.requests.map(({ generated, read }) => generated - read))
  }
}
