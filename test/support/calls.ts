import { settled } from "../../src/testing/settled.ts"

interface Call<In, Out> {
  input: In
  resolve(output: Out): void
  reject(error: unknown): void
}

/** An asynchronous function whose results the test sets. */
export class Calls<In, Out> {
  private readonly calls: Call<In, Out>[] = []

  readonly f = (input: In) => new Promise<Out>((resolve, reject) => this.calls.push({ input, resolve, reject }))

  /** The arguments of its calls, in order. */
  get inputs(): In[] {
    return this.calls.map(({ input }) => input)
  }

  /** Resolves the latest call with `input`. */
  resolve(input: In, output: Out): Promise<void> {
    this.latest(input).resolve(output)
    return settled()
  }

  reject(input: In, error: unknown): Promise<void> {
    this.latest(input).reject(error)
    return settled()
  }

  private latest(input: In): Call<In, Out> {
    const call = this.calls.findLast((call) => call.input === input)
    if (!call) throw new Error(`No call with ${JSON.stringify(input)}`)
    return call
  }
}
