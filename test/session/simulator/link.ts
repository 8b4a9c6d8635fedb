import type { Data } from "../../../src/session/frame.ts"

export type Packet = { data: Data } | { code: number }

/** A WebSocket with both its ends. Packets in flight arrive in order, up to the point from which on the network loses them. */
export class Link {
  readonly toServer: Packet[] = []
  readonly toClient: Packet[] = []
  /** The attachment of the server's end, which hibernation keeps. */
  attachment: string | undefined
  isCut = false
  /** Whether the network takes no packets for now. */
  isSlow = false
  /** Whether it came after the session of its offer had expired. */
  isTooLate = false
  isServerOpen = true
  isClientOpen = true

  constructor(readonly offered: readonly string[]) {}

  fromServer(packet: Packet): void {
    if (this.isCut || !this.isServerOpen) return
    this.toClient.push(packet)
    if ("code" in packet) this.isServerOpen = false
  }

  fromClient(packet: Packet): void {
    if (this.isCut || !this.isClientOpen) return
    this.toServer.push(packet)
    if ("code" in packet) this.isClientOpen = false
  }

  /** The network is gone. So many of the packets in flight still arrive. */
  cut(up: number, down: number): void {
    this.isCut = true
    this.toServer.splice(up)
    this.toClient.splice(down)
  }
}
