import type { AwakeSocket } from "./awake-socket.ts"
import type { ObjectSocket } from "./object-socket.ts"

/** The connections whose flows are in memory, by their sockets and by their ids. */
export class AwakeSockets {
  private readonly sockets = new Map<ObjectSocket, AwakeSocket>()
  private readonly ids = new Map<string, AwakeSocket>()

  get(socket: ObjectSocket): AwakeSocket | undefined {
    return this.sockets.get(socket)
  }

  byId(id: string): AwakeSocket | undefined {
    return this.ids.get(id)
  }

  values(): Iterable<AwakeSocket> {
    return this.sockets.values()
  }

  set(socket: ObjectSocket, awake: AwakeSocket): void {
    this.sockets.set(socket, awake)
    this.ids.set(awake.id, awake)
  }

  delete(socket: ObjectSocket): void {
    const awake = this.sockets.get(socket)
    if (!awake) return
    this.sockets.delete(socket)
    this.ids.delete(awake.id)
  }
}
