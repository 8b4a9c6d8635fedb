import { type Handlers, MemoryHost, type ObjectClass } from "../../src/testing/memory/memory-host.ts"
import { MemorySocket } from "../../src/testing/memory/memory-socket.ts"
import { settled } from "../../src/testing/settled.ts"
import { TestClock } from "../../src/testing/test-clock.ts"

export { MemorySocket }

/** A Durable Object of the kit without its promises: everything happens at once, and a test has access to the sockets and the rows. */
export class MemoryObject<T extends Handlers = Handlers> {
  private readonly host: MemoryHost<T>
  private vanished: MemorySocket[] = []

  /** @param clock may be shared by several objects */
  constructor(type: ObjectClass<T>, clock = new TestClock(Date.UTC(2030, 0, 1))) {
    this.host = new MemoryHost(type, clock.install())
  }

  get instance(): T {
    return this.host.instance
  }

  get rows(): Map<string, unknown> {
    return this.host.disk.rows
  }

  get writes(): string[] {
    return this.host.disk.writes
  }

  /** The rows that were written or deleted. */
  get rowsWritten(): number {
    return this.host.disk.cost.rowsWritten
  }

  get alarm(): number | null {
    return this.host.disk.alarm
  }

  /** How often the alarm was set. */
  get alarms(): number {
    return this.host.disk.cost.alarms
  }

  set isFull(isFull: (key: string) => boolean) {
    this.host.disk.isFull = isFull
  }

  /** Evicts the object, which takes a millisecond. Its sockets stay open. While an event is on its way it is not evicted. */
  async evict(): Promise<void> {
    this.noticeVanished()
    await this.deploy()
  }

  /** Evicts the object, and continues with the class of another release. */
  async deploy(type?: ObjectClass<T>): Promise<void> {
    this.stall(1)
    this.host.evict(type)
    await settled()
  }

  async connect(data?: unknown, headers: Record<string, string> = {}): Promise<MemorySocket> {
    await this.host.request(data, { headers, kept: {} })
    return this.host.sockets.at(-1) as MemorySocket
  }

  send(socket: MemorySocket, message: string | ArrayBuffer): void {
    this.host.message(socket, message)
  }

  close(socket: MemorySocket, code: number, reason: string): void {
    this.host.close(socket, code, reason)
  }

  /** The socket is gone without a close. */
  drop(socket: MemorySocket): void {
    this.host.drop(socket)
  }

  /** The socket is gone, and the object gets the close event later, by `noticeVanished`. */
  vanish(socket: MemorySocket): void {
    this.host.sockets = this.host.sockets.filter((other) => other !== socket)
    this.vanished.push(socket)
  }

  noticeVanished(): void {
    for (const socket of this.vanished.splice(0)) {
      this.host.sockets.push(socket)
      this.host.drop(socket)
    }
  }

  /** The client answers the close of the object. */
  answer(socket: MemorySocket, code: number): void {
    this.host.close(socket, code)
  }

  /** The process is killed: its memory and its sockets are gone, and its storage is kept. */
  async crash(): Promise<void> {
    this.vanished = []
    this.stall(1)
    this.host.abort()
    void this.host.instance
    await settled()
  }

  /** The writes are durable from here on. */
  flush(): void {
    this.host.disk.flush()
  }

  advance(duration: number): void {
    this.host.clock.advance(duration)
  }

  stall(duration: number): void {
    this.host.clock.stall(duration)
  }
}
