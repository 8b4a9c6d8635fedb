import { type ConnectOptions, connect } from "../../src/client.ts"
import { type FrameCodec, protocol } from "../../src/protocol.ts"

const text: FrameCodec<string, string> = { name: "text", decode: String, encode: (message) => message }
const echo = protocol("/echo", { receives: text, sends: text })

/** A first message, and the errors and the closes before it. */
export interface Before {
  readonly errors: string[]
  readonly closes: number[]
  readonly message: string | undefined
}

/** Connects, waits for a message, and closes. */
export async function firstMessage(base: string, options: ConnectOptions = {}): Promise<Before> {
  const client = connect(echo, {}, { base, handshakeTimeout: 200, ...options })
  const errors: string[] = []
  const closes: number[] = []
  client.on("error", (error) => errors.push(`${error}`))
  client.on("close", ({ code }) => closes.push(code))
  const { value } = await client[Symbol.asyncIterator]().next()
  const before = { errors, closes: [...closes], message: value ?? undefined }
  client.close()
  await client.closed
  return before
}
