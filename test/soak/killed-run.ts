import { constants, setPriority } from "node:os"
import { setTimeout as sleep } from "node:timers/promises"
import { WebSocket } from "ws"
import type { Random } from "../../src/testing/random.ts"
import type { Workerd } from "../bench/harness/workerd.ts"
import type { Findings } from "./findings.ts"
import type { KillPlan } from "./kill-plan.ts"
import type { Observed, Observer } from "./observed.ts"

/** An object hibernates after 10 s without an event. */
const untilHibernated = 11_500

/** One process with its clients, from their connecting to the kill. */
export class KilledRun {
  private readonly killed = Promise.withResolvers<void>()
  /** Clients may send. */
  private readonly begun = Promise.withResolvers<void>()
  /** How many frames each client has received. */
  private readonly received: number[] = []
  private readonly server: Workerd
  private readonly random: Random
  private readonly findings: Findings
  private readonly yields: boolean
  private isKilled = false
  private killsAtFrame = false

  /** @param yields whether the process lets its clients run first when it is killed at a frame */
  constructor(server: Workerd, random: Random, findings: Findings, yields = false) {
    this.server = server
    this.yields = yields
    this.random = random
    this.findings = findings
  }

  /** Resolves when the clients have received all frames from before the kill. */
  async run({ objects, clients, pace, hibernates, after, frames, atFrame, patience }: KillPlan): Promise<void> {
    const done: Promise<void>[] = []
    for (const object of objects) {
      for (let client = 0; client < clients; client++) done.push(this.connect(object, pace))
      if (object.ask && pace < Infinity) done.push(this.ask(object, pace))
    }
    if (hibernates) await sleep(untilHibernated)
    this.begun.resolve()
    await sleep(after)
    const end = performance.now() + patience
    while (Math.min(...this.received) < frames && performance.now() < end) await sleep(1)
    if (atFrame) {
      this.killsAtFrame = true
      // Each frame wakes its client, which runs at once on their core.
      if (this.yields) setPriority(this.server.pid, constants.priority.PRIORITY_LOW)
      await Promise.race([this.killed.promise, sleep(patience)])
    }
    this.kill()
    await Promise.all([this.killed.promise, ...done])
  }

  private kill(): void {
    if (this.isKilled) return
    this.isKilled = true
    this.server.stop().then(this.killed.resolve, this.killed.reject)
  }

  private receive(frame: string, receive: (frame: string) => void): void {
    // First of all, because each instruction before the kill is time for the process to finish late writes.
    if (this.killsAtFrame) this.kill()
    receive(frame)
  }

  private connect(object: Observed, pace: number): Promise<void> {
    const observer = object.observe()
    const { path, protocols = [] } = observer
    const socket = new WebSocket(`ws://127.0.0.1:${this.server.port}${path}`, protocols, { perMessageDeflate: false })
    const closed = Promise.withResolvers<void>()
    const index = this.received.push(0) - 1
    socket.on("open", () => {
      observer.open?.((frame) => socket.readyState === WebSocket.OPEN && socket.send(frame))
      if (pace < Infinity) void this.talk(socket, object, observer, pace)
    })
    socket.on("message", (data) => {
      this.receive(String(data), (frame) => observer.receive(frame))
      this.received[index] = (this.received[index] ?? 0) + 1
    })
    // A kill resets connections.
    socket.on("error", () => {})
    socket.on("close", (code) => {
      if (!this.isKilled) this.findings.add("closed", `${path} was closed with ${code} before the kill`)
      closed.resolve()
    })
    return closed.promise
  }

  private async talk(socket: WebSocket, object: Observed, observer: Observer, pace: number): Promise<void> {
    await this.begun.promise
    while (socket.readyState === WebSocket.OPEN && !this.isKilled) {
      observer.message?.()
      const message = object.message(this.random)
      if (message !== undefined) socket.send(message)
      await sleep(this.random.below(object.pause * pace))
    }
  }

  private async ask(object: Observed, pace: number): Promise<void> {
    await this.begun.promise
    while (!this.isKilled && object.ask) {
      const { path, receive } = object.ask()
      try {
        const response = await fetch(`http://127.0.0.1:${this.server.port}${path}`)
        const answer = await response.text()
        if (response.ok) this.receive(answer, receive)
        else this.findings.add("closed", `${path} was answered with ${response.status}`)
      } catch {
        // A kill resets connections.
      }
      await Promise.race([this.killed.promise, sleep(this.random.below(object.pause * pace))])
    }
  }
}
