import { Flow, text, webSocket } from "sluice"
import { afterEach, beforeEach, expect, it, vi } from "vitest"
import { closed } from "../support/client.ts"
import { Scripted, script } from "../support/durable-worker/scripted.ts"
import { logged } from "../support/logged.ts"
import { MemoryObject } from "../support/memory-object.ts"

beforeEach(() => {
  logged()
})
afterEach(() => vi.useRealTimers())

const deploy = (idleTimeout?: number) =>
  script(() => ({
    accept: () => webSocket.endpoint(text, Flow.of<string>(), { limits: idleTimeout ? { idleTimeout } : {} }),
  }))

it("a deploy that raises idleTimeout is valid for a hibernating connection", async () => {
  deploy(10_000)
  const object = new MemoryObject(Scripted)
  const client = await object.connect("a")
  deploy(100_000)
  await object.evict()
  object.advance(50_000)
  expect(client.received).toEqual([])
  object.advance(100_000)
  expect(client.received).toEqual([closed(1001, "Idle for too long")])
  expect(object.alarm).toBe(null)
})

it("a deploy without idleTimeout is valid for a hibernating connection", async () => {
  deploy(10_000)
  const object = new MemoryObject(Scripted)
  const client = await object.connect("a")
  deploy()
  await object.evict()
  object.advance(50_000)
  expect(client.received).toEqual([])
  expect(object.alarm).toBe(null)
})

it("a deploy that lowers idleTimeout closes a hibernating connection at the end of the earlier timeout at the latest", async () => {
  deploy(100_000)
  const object = new MemoryObject(Scripted)
  const client = await object.connect("a")
  deploy(10_000)
  await object.evict()
  object.advance(50_000)
  object.advance(70_000)
  expect(client.received).toEqual([closed(1001, "Idle for too long")])
  expect(object.alarm).toBe(null)
})
