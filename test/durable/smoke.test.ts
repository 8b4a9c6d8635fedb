import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test"
import { env } from "cloudflare:workers"
import { expect, it, vi } from "vitest"
import { dial } from "../support/dial.ts"

it("smoke", async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 3600_000 })
  const set = vi.spyOn(WebSocket.prototype, "serializeAttachment")
  const a = await dial("/stopwatch/x")
  const stub = env.STOPWATCH.getByName("x")
  const alarms = await runInDurableObject(stub, (_, { storage, id }) => { console.log("name", id.name); const p = Object.getPrototypeOf(storage); return vi.spyOn(p, "setAlarm") })
  a.send("start")
  expect(await a.next()).toEqual(["0"])
  await evictDurableObject(stub)
  vi.setSystemTime(Date.now() + 1000)
  console.log(set.mock.calls.length, alarms.mock.calls)
  expect(await runDurableObjectAlarm(stub)).toBe(true)
  expect(await a.next()).toEqual(["1"])
  console.log(set.mock.calls.length, alarms.mock.calls)
  const b = await dial("/bench/x/scan")
  b.send("x")
  expect(await b.next(2)).toEqual(["0", "1"])
})
