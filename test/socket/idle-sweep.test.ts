import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { AlarmClock } from "../../src/durable/alarm-clock.ts"
import { type Activity, IdleSweep } from "../../src/durable/sockets/idle-sweep.ts"

/** A client of an object: its activity in memory and as it was saved, and the real time of its last message. */
interface Client {
  socket: WebSocket
  activity: Activity
  kept: Activity
  answeredAt: number
  heardAt: number
}

/** An object whose clients all have an idle timeout. */
class Silent {
  time = 1_000_000
  alarm: number | null = null
  readonly closed: { client: Client; at: number }[] = []
  clients: Client[] = []
  private alarms = this.newAlarms()
  private sweep = this.newSweep()

  connect(timeout: number): void {
    this.event(() => {
      const activity = { timeout, at: this.time }
      const socket: WebSocket = Object.create(null)
      this.clients.push({ socket, activity, kept: activity, answeredAt: 0, heardAt: this.time })
      this.heard(this.clients.length - 1)
    })
  }

  /** A message has come. */
  say(index: number): void {
    this.event(() => this.heard(index))
  }

  /** The runtime has answered a keep-alive text, and the object does not see it. */
  ping(index: number): void {
    const client = this.clients[index]
    if (client) client.answeredAt = client.heardAt = this.time
  }

  leave(index: number): void {
    this.event(() => {
      this.clients = this.clients.filter((_, other) => other !== index)
      this.sweep.onClosed()
    })
  }

  /** The object is evicted, and woken by an event. */
  sleep(): void {
    this.alarms = this.newAlarms()
    this.alarms.restoreAlarm(this.alarm ?? Infinity)
    this.sweep = this.newSweep()
    for (const client of this.clients) client.activity = { ...client.kept }
    this.event(() => {
      for (const { activity } of this.clients) this.sweep.schedule(activity)
    })
  }

  advance(duration: number): void {
    const end = this.time + duration
    while (this.alarm !== null && this.alarm <= end) {
      this.time = Math.max(this.time, this.alarm)
      this.alarms.onAlarm(this.alarm)
      this.alarm = null
      this.event(() => {})
    }
    this.time = end
  }

  private heard(index: number): void {
    const client = this.clients[index]
    if (!client) return
    client.heardAt = client.activity.at = this.time
    this.sweep.schedule(client.activity)
    if (this.sweep.isOutdated(client.activity)) client.kept = this.sweep.toSave(client.activity)
  }

  private event(handler: () => void): void {
    this.alarms.freezeTime(true)
    if (this.alarms.isDue) this.alarms.fireDue()
    handler()
    this.alarms.commit()
    this.alarms.freezeTime(false)
  }

  private newAlarms(): AlarmClock {
    const write = (alarm: number | null) => {
      this.alarm = alarm
      return Promise.resolve()
    }
    const storage = { setAlarm: (alarm: number | Date) => write(Number(alarm)), deleteAlarm: () => write(null) }
    return new AlarmClock(storage, () => this.time)
  }

  private newSweep(): IdleSweep {
    const clientOf = (socket: WebSocket) => this.clients.find((client) => client.socket === socket)
    const sockets = {
      activities: () => this.clients.map(({ socket, activity }) => [socket, activity] as [WebSocket, Activity]),
      answeredAt: (socket: WebSocket) => clientOf(socket)?.answeredAt ?? 0,
      restored: (socket: WebSocket) => clientOf(socket)?.activity,
      close: (socket: WebSocket) => {
        const client = clientOf(socket)
        if (!client) return
        this.closed.push({ client, at: this.time })
        this.clients = this.clients.filter((other) => other !== client)
        this.sweep.onClosed()
      },
    }
    return new IdleSweep(sockets, this.alarms)
  }
}

const happening = fc.record({
  kind: fc.constantFrom("connect", "say", "say", "ping", "leave", "sleep", "advance", "advance"),
  index: fc.nat(3),
  timeout: fc.constantFrom(1_600, 1_700, 4_000, 60_000),
  duration: fc.oneof(fc.nat(100), fc.nat(500), fc.nat(2_000)),
})

it("closes a client that exceeds its idle timeout, never early, and late by a fourth of it at the most", () => {
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 60, size: "max" }), (script) => {
      const object = new Silent()
      for (const { kind, index, timeout, duration } of script) {
        if (kind === "connect") object.connect(timeout)
        if (kind === "say") object.say(index)
        if (kind === "ping") object.ping(index)
        if (kind === "leave") object.leave(index)
        if (kind === "sleep") object.sleep()
        if (kind === "advance") object.advance(duration)
      }
      object.advance(200_000)
      expect(object.clients).toEqual([])
      expect(object.alarm).toBe(null)
      for (const { client, at } of object.closed) {
        const silence = at - client.heardAt
        expect(silence).toBeGreaterThanOrEqual(client.activity.timeout)
        expect(silence).toBeLessThanOrEqual(client.activity.timeout * 1.25)
      }
    }),
    { numRuns: 1_000 },
  )
})

it("closes a client that connects after the last one has closed", () => {
  const object = new Silent()
  object.connect(1_600)
  object.leave(0)
  expect(object.alarm).toBe(null)
  object.advance(100)
  object.connect(1_600)
  object.advance(2_000)
  expect(object.closed).toHaveLength(1)
})

describe("a sixteenth of the timeout", () => {
  /** Connected on the grid of its sweep, whose steps are 100 ms. */
  const connected = () => {
    const object = new Silent()
    object.connect(1_600)
    return object
  }

  it("is the delay of the close of a client that fell silent on the grid", () => {
    const object = connected()
    object.advance(1_699)
    expect(object.closed).toEqual([])
    object.advance(1)
    expect(object.closed).toHaveLength(1)
  })

  it("is the interval at which an activity is saved", () => {
    const object = connected()
    const savedAt = () => object.clients[0]?.kept.at
    const first = object.time
    object.advance(99)
    object.say(0)
    expect(savedAt()).toBe(first)
    object.advance(1)
    object.say(0)
    expect(savedAt()).toBe(first + 100)
  })
})
