import type { DialedSocket, UpgradeFetch } from "../../src/socket/dial.ts"
import { settled } from "../../src/testing/settled.ts"
import { FakeSocket } from "../client/fake-socket.ts"

type Init = Parameters<UpgradeFetch>[1]

/** A socket whose server is the test; a text that was not sent before its close is an error. */
class UpstreamSocket extends FakeSocket implements DialedSocket {
  bufferedAmount = 0

  override addEventListener(type: never, listener: never): void {
    super.addEventListener(type, listener)
  }

  override send(data: unknown): void {
    if (this.closedWith) throw new Error("The socket is closed")
    super.send(data)
  }
}

/** An upstream whose `fetch` the test answers. */
export class FakeUpstream {
  readonly requests: ({ url: string } & Init)[] = []
  readonly sockets: UpstreamSocket[] = []
  private answers: PromiseWithResolvers<{ status: number; webSocket?: DialedSocket }>[] = []

  readonly fetch: UpgradeFetch = (url, init) => {
    this.requests.push({ url, ...init })
    const answer = Promise.withResolvers<{ status: number; webSocket?: DialedSocket }>()
    this.answers.push(answer)
    init.signal.addEventListener("abort", () => answer.reject(new Error("aborted")))
    return answer.promise
  }

  get attempts(): number {
    return this.requests.length
  }

  /** The newest socket. */
  get socket(): UpstreamSocket {
    const socket = this.sockets.at(-1)
    if (!socket) throw new Error("The upstream has no socket")
    return socket
  }

  /** Answers the last request with a socket. */
  async accept(): Promise<UpstreamSocket> {
    await settled()
    const webSocket = new UpstreamSocket(this.requests.at(-1)?.url ?? "")
    this.sockets.push(webSocket)
    this.answers.at(-1)?.resolve({ status: 101, webSocket })
    await settled()
    return webSocket
  }

  /** Answers the last request with a status. */
  async refuse(status = 503): Promise<void> {
    await settled()
    this.answers.at(-1)?.resolve({ status })
    await settled()
  }
}
