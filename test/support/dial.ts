import { exports } from "cloudflare:workers"
import type { Data } from "../../src/socket/codec.ts"
import { type CloseFrame, closed } from "./client.ts"

declare global {
  namespace Cloudflare {
    interface GlobalProps {
      mainModule: typeof import("../../src/worker.ts")
    }
  }
}

/** The demo Worker's response at an address. */
export function ask(path: string, headers: HeadersInit = {}): Promise<Response> {
  return exports.default.fetch(`https://example.com${path}`, { headers })
}

/** The demo Worker's response to an upgrade request. */
export function askForUpgrade(path: string, headers: Record<string, string> = {}): Promise<Response> {
  return ask(path, { Upgrade: "websocket", ...headers })
}

/** An open WebSocket to the demo Worker. */
export async function dial(path: string, headers?: Record<string, string>): Promise<Line> {
  const { webSocket, status } = await askForUpgrade(path, headers)
  if (!webSocket) throw new Error(`${path} answered ${status}`)
  return new Line(webSocket)
}

/**
 * The client's end of a WebSocket: its frames in order, each to be waited for. Between two ends in one process an answer
 * that was not read before a close may turn the close into 1006: read first, then close. Over a network that does not happen.
 */
export class Line {
  private readonly frames: (Data | CloseFrame)[] = []
  private arrived = () => {}

  constructor(private readonly socket: WebSocket) {
    socket.binaryType = "arraybuffer"
    socket.addEventListener("message", ({ data }) => this.take(typeof data === "string" ? data : new Uint8Array(data)))
    socket.addEventListener("close", ({ code, reason }) => this.take(closed(code, reason)))
    socket.accept()
  }

  send(...frames: Data[]): this {
    for (const frame of frames) this.socket.send(frame)
    return this
  }

  close(code?: number, reason?: string): this {
    this.socket.close(code, reason)
    return this
  }

  /** The next frames, as many of them. */
  async next(count = 1): Promise<(Data | CloseFrame)[]> {
    while (this.frames.length < count) await new Promise<void>((resolve) => (this.arrived = resolve))
    return this.frames.splice(0, count)
  }

  private take(frame: Data | CloseFrame): void {
    this.frames.push(frame)
    this.arrived()
  }
}
