// #region test
import { evictDurableObject } from "cloudflare:test"
import { env, exports } from "cloudflare:workers"
import { expect, it } from "vitest"

/** The client's end of a WebSocket to the Worker. */
async function open(path: string) {
  const response = await exports.default.fetch(`https://example.com${path}`, { headers: { Upgrade: "websocket" } })
  const socket = response.webSocket
  if (!socket) throw new Error(`${path} answered ${response.status}`)
  socket.accept()
  const next = () =>
    new Promise((resolve) => socket.addEventListener("message", ({ data }) => resolve(data), { once: true }))
  return { socket, next }
}

it("continues to count after hibernation", async () => {
  const { socket, next } = await open("/stopwatch/test")
  const first = next()
  socket.send("start")
  expect(await first).toBe("0")
  await evictDurableObject(env.STOPWATCH.getByName("test"), { webSockets: "hibernate" })
  expect(await next()).toBe("1")
  socket.send("stop")
  socket.close(1000)
})
// #endregion
