import { randomUUID } from "node:crypto"
import { expect, inject } from "vitest"
import { protocols as routes } from "../../src/examples/protocols.ts"
import { connect, type WsClient } from "./ws-client.ts"

/** Somebody at the same address as an attacker. */
export interface Bystander {
  /** Whether all is as before: nothing has come that was not to come, and what is sent is answered. */
  check(): Promise<void>
}

/** An address of the demo: where an attack goes, and who may be hit by it. */
export interface Target {
  path: string
  url: string
  bystander: Bystander
}

const demo = { req: { url: inject("baseUrl") } }

/** Each with a bystander of its own: at the same object where there is one, else at the same Worker. */
export const targets: { path: string; isObject: boolean; open(): Promise<Target> }[] = [
  { path: "/echo", isObject: false, open: () => plain("/echo", routes.echo.url(demo)) },
  { path: "/json", isObject: false, open: () => plain("/json", routes.json.url(demo)) },
  { path: "/model", isObject: false, open: () => plain("/model", routes.model.url(demo)) },
  // An object for each connection: the bystander can only be elsewhere.
  { path: "/limits", isObject: true, open: () => plain("/limits", routes.limits.url(demo)) },
  { path: "/rooms", isObject: true, open: room },
  { path: "/control", isObject: true, open: control },
]

async function plain(path: string, url: string): Promise<Target> {
  const client = await connect(routes.echo.url(demo))
  const check = async () => {
    const word = randomUUID()
    expect(await client.send(word).next()).toBe(word)
  }
  return { path, url, bystander: { check } }
}

/** In a room one may hear others come and go, and nothing else of them. */
async function room(): Promise<Target> {
  const room = randomUUID()
  const client = await connect(routes.room.url(demo, { room, name: "Bystander" }))
  const check = async () => {
    const word = randomUUID()
    client.send(JSON.stringify({ type: "say", text: word }))
    for (;;) {
      const event = JSON.parse(String(await client.next()))
      if (event.type === "joined" || event.type === "left") continue
      expect(event).toMatchObject({ type: "said", name: "Bystander", text: word })
      return
    }
  }
  return { path: "/rooms", url: routes.room.url(demo, { room, name: "Mallory" }), bystander: { check } }
}

/** Where everybody hears how the others leave, and nothing else. */
async function control(): Promise<Target> {
  const url = routes.control.url(demo, { id: randomUUID() })
  const client = await connect(url)
  const check = async () => {
    const reason = randomUUID()
    const friend: WsClient = await connect(url)
    friend.close(4321, reason)
    for (;;) {
      const { left } = JSON.parse(String(await client.next()))
      expect(left).toMatchObject({ code: expect.any(Number), reason: expect.any(String) })
      if (left.code === 4321) return expect(left.reason).toBe(reason)
    }
  }
  return { path: "/control", url, bystander: { check } }
}
