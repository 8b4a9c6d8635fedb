import type { ConnectOptions } from "sluice/client"

/** The close code of our client for a session that it resumes later. A script cannot lose a socket, so it closes with this code. */
const awayCode = 4408

/** The sockets of one client, of which the page can cut the last. */
export interface Cuttable {
  readonly WebSocket: ConnectOptions["WebSocket"]
  /** Resolves when a socket can be made. */
  online(): Promise<void>
  /** Cuts the socket. For so many milliseconds no other can be made. */
  cut(duration: number): void
}

export function makeCuttable(): Cuttable {
  let current: WebSocket | undefined
  let outage = Promise.resolve()
  return {
    WebSocket: class extends WebSocket {
      constructor(url: string, protocols: string[]) {
        super(url, protocols)
        current = this
      }
    },
    online: () => outage,
    cut(duration) {
      outage = new Promise((resolve) => setTimeout(resolve, duration))
      current?.close(awayCode)
    },
  }
}
