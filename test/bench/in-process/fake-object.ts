import type { FlowObject } from "../../../src/durable.ts"
import { withInfo } from "../../../src/socket/connection-info.ts"

/** A hibernating socket. Its only cost is the clone of its attachment, which `isCloning` switches on. */
export class FakeSocket {
  attachment: unknown = null

  constructor(
    readonly send: (data: unknown) => void,
    private readonly isCloning: boolean,
  ) {}

  serializeAttachment(attachment: unknown): void {
    this.attachment = this.isCloning ? structuredClone(attachment) : attachment
  }

  deserializeAttachment(): unknown {
    return this.isCloning ? structuredClone(this.attachment) : this.attachment
  }

  close(): void {}
}

/** Storage in which nothing is ever written. */
class FakeStorage {
  readonly kv = { get() {}, list: () => [] }

  async getAlarm(): Promise<null> {
    return null
  }

  setAlarm(): void {}
  deleteAlarm(): void {}
}

type ObjectClass = new (ctx: DurableObjectState, env: unknown) => FlowObject

/** A `FlowObject` in memory that has accepted one socket. */
export async function withSocket(Kind: ObjectClass, socket: FakeSocket): Promise<(message: string) => void> {
  const sockets: WebSocket[] = []
  const ctx = {
    storage: new FakeStorage(),
    getWebSockets: () => sockets,
    getTags: () => ["sluice"],
    acceptWebSocket: (accepted: WebSocket) => sockets.push(accepted),
    getWebSocketAutoResponseTimestamp: () => null,
    blockConcurrencyWhile: (work: () => Promise<unknown>) => work(),
  }
  Reflect.set(globalThis, "WebSocketPair", function WebSocketPair() {
    return { 0: {}, 1: socket }
  })
  // In Node the constructor of `Response` refuses the status 101.
  Reflect.set(globalThis, "Response", class {})
  const object = Reflect.construct(Kind, [ctx, {}]) as FlowObject
  await object.fetch(
    withInfo(new Request("http://localhost/counter"), {
      url: "http://localhost/counter",
      route: "/counter",
      params: {},
      headers: {},
      data: undefined,
    }),
  )
  const [server] = sockets
  if (!server) throw new Error("The object has accepted nothing")
  return (message) => object.webSocketMessage(server, message)
}
