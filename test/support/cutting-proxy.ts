import { type AddressInfo, createServer, connect as dial, type Server, type Socket } from "node:net"
import { onTestFinished } from "vitest"
import type { Random } from "../../src/testing/random.ts"

/** After at most so many bytes in one direction a connection is cut. A handshake has some 300 in each. */
const mostBytes = { toServer: 1_400, toClient: 2_000 }

/**
 * Forwards TCP connections, and cuts each after a random number of bytes in one of the directions, in the middle of a frame or of the
 * handshake. Every other server gets no close, and keeps a dead connection.
 */
export class CuttingProxy {
  /** How often it has cut, by direction. */
  readonly cuts = { toServer: 0, toClient: 0 }
  private isCutting = true
  private readonly server: Server
  private readonly sockets = new Set<Socket>()

  private constructor(
    private readonly target: URL,
    private readonly random: Random,
  ) {
    this.server = createServer((client) => this.forward(client))
  }

  /** Listens in front of an address, on a free port, until the end of the test. */
  static async before(address: string, random: Random): Promise<CuttingProxy> {
    const proxy = new CuttingProxy(new URL(address), random)
    const { server, sockets } = proxy
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy()
      server.close()
    })
    return proxy
  }

  /** The same address by way of the proxy. */
  urlOf(address: string): string {
    const url = new URL(address)
    url.hostname = "127.0.0.1"
    url.port = String((this.server.address() as AddressInfo).port)
    return url.href
  }

  /** Cuts no more connections. */
  heal(): void {
    this.isCutting = false
  }

  private forward(client: Socket): void {
    const server = dial(Number(this.target.port), this.target.hostname)
    const isNoticed = this.random.below(2) === 0
    const cut = (direction: keyof CuttingProxy["cuts"]) => {
      this.cuts[direction]++
      client.destroySoon()
      if (isNoticed) server.destroySoon()
    }
    this.pipe(client, server, mostBytes.toServer, () => cut("toServer"))
    this.pipe(server, client, mostBytes.toClient, () => cut("toClient"))
  }

  /** Forwards bytes up to a random one, and none after it. */
  private pipe(from: Socket, to: Socket, most: number, cut: () => void): void {
    let left = 1 + this.random.below(most)
    this.sockets.add(from)
    from.on("data", (bytes) => {
      if (left <= 0 || to.destroyed) return
      const isLast = this.isCutting && bytes.length >= left
      to.write(isLast ? bytes.subarray(0, left) : bytes)
      if (this.isCutting) left -= bytes.length
      if (isLast) cut()
    })
    from.on("error", () => {})
    from.on("end", () => to.end())
    from.on("close", () => this.sockets.delete(from))
  }
}
