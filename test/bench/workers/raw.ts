import { DurableObject } from "cloudflare:workers"
import * as v from "valibot"
import { instances } from "./instances.ts"
import { InEvent, OutEvent, shout, timerDelay } from "./messages.ts"

/** Careful code written by hand: the kind of message checked, a close answered, and nothing else. */
abstract class RawObject extends DurableObject {
  readonly instance = ++instances.made

  override fetch(): Response {
    const { 0: client, 1: server } = new WebSocketPair()
    this.ctx.acceptWebSocket(server)
    return new Response(null, { status: 101, webSocket: client })
  }

  override webSocketClose(socket: WebSocket): void {
    socket.close()
  }
}

export class EchoObject extends RawObject {
  override webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): void {
    if (typeof message === "string") socket.send(shout(message))
    else socket.close(1003, "Text only")
  }
}

export class CounterObject extends RawObject {
  override webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): void {
    if (typeof message !== "string") {
      socket.close(1003, "Text only")
      return
    }
    const kept: { count: number } | null = socket.deserializeAttachment()
    const count = (kept?.count ?? 0) + 1
    socket.serializeAttachment({ count })
    socket.send(String(count))
  }
}

/** The same with a cache of attachments while the object is awake: only a wake reads them. */
export class CachedCounterObject extends RawObject {
  private readonly counts = new Map<WebSocket, number>()

  override webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): void {
    if (typeof message !== "string") {
      socket.close(1003, "Text only")
      return
    }
    const count = (this.counts.get(socket) ?? socket.deserializeAttachment()?.count ?? 0) + 1
    this.counts.set(socket, count)
    socket.serializeAttachment({ count })
    socket.send(String(count))
  }

  override webSocketClose(socket: WebSocket): void {
    this.counts.delete(socket)
    socket.close()
  }
}

export class RoomObject extends RawObject {
  override webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): void {
    if (typeof message !== "string") {
      socket.close(1003, "Text only")
      return
    }
    for (const member of this.ctx.getWebSockets()) member.send(message)
  }
}

/** Timers are rows with an index, and the first of them is the alarm. */
export class TimersObject extends RawObject {
  override fetch(): Response {
    this.ctx.storage.sql.exec("CREATE TABLE IF NOT EXISTS timers (key TEXT PRIMARY KEY, due INTEGER)")
    this.ctx.storage.sql.exec("CREATE INDEX IF NOT EXISTS by_due ON timers (due)")
    return super.fetch()
  }

  override webSocketMessage(_socket: WebSocket, count: string): void {
    const due = Date.now() + timerDelay
    for (let n = 0; n < Number(count); n++) {
      this.ctx.storage.sql.exec("INSERT OR REPLACE INTO timers VALUES (?, ?)", `timer ${n}`, due)
    }
    this.ctx.storage.setAlarm(due)
  }

  override alarm(): void {
    const { sql } = this.ctx.storage
    let fired = 0
    for (const _ of sql.exec("SELECT key FROM timers WHERE due <= ? ORDER BY due", Date.now())) fired++
    sql.exec("DELETE FROM timers WHERE due <= ?", Date.now())
    for (const socket of this.ctx.getWebSockets()) socket.send(String(fired))
  }
}

interface Env {
  TimersObject: DurableObjectNamespace
  EchoObject: DurableObjectNamespace
  CounterObject: DurableObjectNamespace
  CachedCounterObject: DurableObjectNamespace
  RoomObject: DurableObjectNamespace
}

function accept(answer: (message: string) => string): Response {
  const { 0: client, 1: server } = new WebSocketPair()
  server.accept()
  server.addEventListener("message", ({ data }) => {
    if (typeof data === "string") server.send(answer(data))
    else server.close(1003, "Text only")
  })
  server.addEventListener("close", () => server.close())
  return new Response(null, { status: 101, webSocket: client })
}

function model(message: string): string {
  const { foo } = v.parse(InEvent, JSON.parse(message))
  return JSON.stringify(v.parse(OutEvent, { bar: foo }))
}

export default {
  fetch(request: Request, env: Env) {
    const { pathname } = new URL(request.url)
    if (pathname === "/echo") return accept(shout)
    if (pathname === "/model") return accept(model)
    if (pathname === "/object") return env.EchoObject.getByName("echo").fetch(request)
    if (pathname === "/counter") return env.CounterObject.getByName("counter").fetch(request)
    if (pathname === "/cached-counter") return env.CachedCounterObject.getByName("counter").fetch(request)
    if (pathname === "/room") return env.RoomObject.getByName("room").fetch(request)
    if (pathname === "/timers") return env.TimersObject.getByName("timers").fetch(request)
    if (pathname === "/instances") return new Response(String(instances.made))
    return new Response("ready")
  },
}
