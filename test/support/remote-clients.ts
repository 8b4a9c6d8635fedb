import { env } from "cloudflare:workers"

let holders = 0

/** Clients that can be lost: nobody closes their sockets, which just go away. */
export class RemoteClients {
  private holder = env.HOLDER.getByName(`holder-${++holders}`)

  /** Another socket; its number. */
  dial(path: string): Promise<number> {
    return this.holder.dial(path)
  }

  send(socket: number, text: string): Promise<void> {
    return this.holder.send(socket, text)
  }

  /** What has come to one of the sockets by now. */
  take(socket: number): Promise<string[]> {
    return this.holder.take(socket)
  }

  /** Closes all the sockets. There may be new ones afterwards. */
  close(): Promise<void> {
    return this.holder.close()
  }

  /** All the sockets go away. There may be new ones afterwards. */
  async vanish(): Promise<void> {
    // The runtime says what it has done by an error; workerd logs one for each socket, too.
    await this.holder.vanish().catch(() => {})
    this.holder = env.HOLDER.getByName(`holder-${++holders}`)
  }
}
