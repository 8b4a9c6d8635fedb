import { type ConnectOptions, connect } from "../../src/client.ts"
import { type FrameCodec, protocol } from "../../src/protocol.ts"

const text: FrameCodec<string, string> = { name: "text", decode: String, encode: (message) => message }
const close = protocol("/close", { receives: text, sends: text, closes: { 4001: "Enough" } })
const echo = protocol("/echo", { receives: text, sends: text })

/** Exchanges messages with the server at `base`, on any runtime. Returns the results. */
export async function talk(base: string, options: ConnectOptions = {}) {
  const echoed: string[] = []
  const client = connect(echo, {}, { base, ...options })
  for await (const message of client) {
    // Only now, because messages to a lost socket do not arrive.
    if (message === "welcome") void client.send("one").then(() => client.send("two"))
    else if (echoed.push(message) === 2) break
  }
  client.close()
  await client.closed
  const ending = connect(close, {}, { base, ...options })
  await ending.send("enough")
  const end = await ending.closed
  return { echoed, end, status: ending.status }
}
