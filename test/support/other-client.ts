import { randomUUID } from "node:crypto"
import { expect, inject } from "vitest"
import { protocols as routes } from "../../src/examples/protocols.ts"
import { connect, type WsClient } from "./ws-client.ts"

/** Another client of the object or Worker under attack. */
export interface OtherClient {
  /** Fails if it received an unexpected message, or if a message of its own is not answered. */
  check(): Promise<void>
}

/** A route of the demo under attack, and another client that the attack must not affect. */
export interface Target {
  path: string
  url: string
  other: OtherClient
}

/** A demo. Its `url` is read when a client is opened, so it may be set after the cases are made. */
export interface Demo {
  req: { url: string }
}

/** Each with another client: of the same object if there is one, else of the same Worker. */
export function targetsOf(demo: Demo): { path: string; isObject: boolean; open(): Promise<Target> }[] {
  return [
    { path: "/echo", isObject: false, open: () => plain(demo, "/echo", routes.echo.url(demo)) },
    { path: "/json", isObject: false, open: () => plain(demo, "/json", routes.json.url(demo)) },
    { path: "/model", isObject: false, open: () => plain(demo, "/model", routes.model.url(demo)) },
    // An object for each connection, so the other client uses another one.
    { path: "/limits", isObject: true, open: () => plain(demo, "/limits", routes.limits.url(demo)) },
    { path: "/rooms", isObject: true, open: () => room(demo) },
    { path: "/control", isObject: true, open: () => control(demo) },
  ]
}

/** The cases of the demo that all files share. */
export const targets = targetsOf({ req: { url: inject("baseUrl") } })

async function plain(demo: Demo, path: string, url: string): Promise<Target> {
  const client = await connect(routes.echo.url(demo))
  const check = async () => {
    const word = randomUUID()
    expect(await client.send(word).next()).toBe(word)
  }
  return { path, url, other: { check } }
}

/** A member that receives the joins and leaves of others, and nothing else of them. */
async function room(demo: Demo): Promise<Target> {
  const room = randomUUID()
  const client = await connect(routes.room.url(demo, { room, name: "OtherClient" }))
  const check = async () => {
    const word = randomUUID()
    client.send(JSON.stringify({ type: "say", text: word }))
    for (;;) {
      const event = JSON.parse(String(await client.next()))
      if (event.type === "joined" || event.type === "left") continue
      expect(event).toMatchObject({ type: "said", name: "OtherClient", text: word })
      return
    }
  }
  return { path: "/rooms", url: routes.room.url(demo, { room, name: "Mallory" }), other: { check } }
}

/** A client that receives the closes of the others, and nothing else. */
async function control(demo: Demo): Promise<Target> {
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
  return { path: "/control", url, other: { check } }
}
