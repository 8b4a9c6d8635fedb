import { env } from "cloudflare:workers"

let holders = 0

/** Clients in another object. `vanish` removes their sockets without a close. */
export class RemoteClients {
  private holder = env.HOLDER.getByName(`holder-${++holders}`)

  /** Opens a socket; returns its number. */
  dial(path: string, protocols?: readonly string[]): Promise<number> {
    return this.holder.dial(path, protocols)
  }

  send(socket: number, text: string): Promise<void> {
    return this.holder.send(socket, text)
  }

  /** The messages that a socket has received since the last call. */
  take(socket: number): Promise<string[]> {
    return this.holder.take(socket)
  }

  /** Closes all the sockets. New ones can be opened afterwards. */
  close(): Promise<void> {
    return this.holder.close()
  }

  /** Removes all the sockets without a close. New ones can be opened afterwards. */
  async vanish(): Promise<void> {
    // The runtime reports the removal as an error, and workerd logs one for each socket.
    await this.holder.vanish().catch(() => {})
    this.holder = env.HOLDER.getByName(`holder-${++holders}`)
  }
}
