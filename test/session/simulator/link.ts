import type { Data } from "../../../src/session/frame.ts"

export type Packet = { data: Data } | { code: number }

/** A WebSocket with both its ends. What is in flight arrives in order, up to the point from which on the network loses it. */
export class Link {
  readonly toServer: Packet[] = []
  readonly toClient: Packet[] = []
  /** What hibernation keeps of the server's end. */
  attachment: string | undefined
  isCut = false
  /** Whether the network takes no more for now. */
  isSlow = false
  /** Whether it came after the session it asks for had expired. */
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
