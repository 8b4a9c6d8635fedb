import { exports } from "cloudflare:workers"
import { expect, it } from "vitest"

declare global {
  namespace Cloudflare {
    interface GlobalProps {
      mainModule: typeof import("../src/worker.ts")
    }
  }
}

const upgrade = { headers: { Upgrade: "websocket" } }

/** A member of a room, and the next message or close that it receives. */
async function join(room: string, name: string) {
  const { webSocket } = await exports.default.fetch(`https://example.com/rooms/${room}?name=${name}`, upgrade)
  if (!webSocket) throw new Error("There is no WebSocket")
  webSocket.accept()
  const next = new Promise<unknown>((resolve) => {
    webSocket.addEventListener("message", ({ data }) => resolve(JSON.parse(String(data))), { once: true })
    webSocket.addEventListener("close", ({ code, reason }) => resolve({ code, reason }), { once: true })
  })
  return { webSocket, next }
}

it("sends a member's message to all members", async () => {
  const [ann, bob] = [await join("lobby", "Ann"), await join("lobby", "Bob")]
  ann.webSocket.send('{"text":"hi"}')
  expect(await ann.next).toMatchObject({ name: "Ann", text: "hi" })
  expect(await bob.next).toMatchObject({ name: "Ann", text: "hi" })
})

it("closes with a code of the protocol", async () => {
  const ann = await join("other", "Ann")
  ann.webSocket.send('{"text":"/kick me"}')
  expect(await ann.next).toEqual({ code: 4001, reason: "Kicked" })
})

it("refuses a member without a name", async () => {
  expect((await exports.default.fetch("https://example.com/rooms/lobby", upgrade)).status).toBe(400)
})
