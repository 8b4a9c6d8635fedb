import { type Connection, getServerByName, Server } from "partyserver"
import { instances } from "../workers/instances.ts"
import { shout } from "../workers/messages.ts"

export class EchoObject extends Server {
  readonly instance = ++instances.made
  static override options = { hibernate: true }

  override onMessage(connection: Connection, message: string | ArrayBuffer | ArrayBufferView) {
    if (typeof message === "string") connection.send(shout(message))
  }
}

export class CounterObject extends Server {
  static override options = { hibernate: true }

  override onMessage(connection: Connection<{ count: number }>) {
    const kept = connection.setState((before) => ({ count: (before?.count ?? 0) + 1 }))
    connection.send(String(kept?.count))
  }
}

export class RoomObject extends Server {
  static override options = { hibernate: true }

  override onMessage(_connection: Connection, message: string | ArrayBuffer | ArrayBufferView) {
    this.broadcast(message)
  }
}

type Env = Record<"EchoObject" | "CounterObject" | "RoomObject", DurableObjectNamespace<Server>>

const objects: Record<string, keyof Env> = {
  "/object": "EchoObject",
  "/counter": "CounterObject",
  "/room": "RoomObject",
}

export default {
  async fetch(request: Request, env: Env) {
    const { pathname } = new URL(request.url)
    if (pathname === "/instances") return new Response(String(instances.made))
    const name = objects[pathname]
    if (!name) return new Response("ready")
    return (await getServerByName(env[name], "it")).fetch(request)
  },
}
