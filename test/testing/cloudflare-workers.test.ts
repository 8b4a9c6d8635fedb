import * as standIn from "cloudflare:workers"
import {
  DurableObject,
  env,
  exports,
  RpcStub,
  RpcTarget,
  WorkerEntrypoint,
  WorkflowEntrypoint,
} from "cloudflare:workers"
import { Flow, text, webSocket } from "sluice"
import { FlowObject } from "sluice/durable"
import { MemoryObject } from "sluice/testing"
import { afterEach, describe, expect, it } from "vitest"
import * as source from "../../src/testing/cloudflare-workers.ts"

/** All values that the module has according to the types of the runtime, which declare one that it does not export. */
type Names = Exclude<keyof typeof import("cloudflare:workers"), "WorkflowStep">

class Room extends FlowObject<{ greeting: string }> {
  protected accept() {
    return webSocket.endpoint(
      text,
      Flow.of<string>().map((name) => new Greeting(this.env.greeting).to(name)),
    )
  }
}

class Greeting extends RpcTarget {
  constructor(private readonly text: string) {
    super()
  }

  to(name: string) {
    return `${this.text}, ${name}`
  }
}

class Api extends WorkerEntrypoint<{ greeting: string }> {
  greeting() {
    return new Greeting(this.env.greeting)
  }
}

class Import extends WorkflowEntrypoint<{ greeting: string }> {
  override async run() {
    return this.env.greeting
  }
}

describe("cloudflare:workers in Node", () => {
  afterEach(() => {
    for (const bindings of [env, exports])
      for (const name of Object.keys(bindings)) Reflect.deleteProperty(bindings, name)
  })

  it("has all that the types of the runtime have", () => {
    const all: Record<Names, unknown> = source
    expect(standIn).toBe(all)
  })

  it("has the classes that a module exports beside its objects", async () => {
    const room = new MemoryObject(Room, { env: { greeting: "Hello" } })
    const ann = await room.connect(text)
    await ann.send("Ann")
    await ann.expect("Hello, Ann")
    const ctx = {} as ExecutionContext
    expect(new Api(ctx, { greeting: "Hi" }).greeting().to("Bob")).toBe("Hi, Bob")
    expect(await new Import(ctx, { greeting: "Hi" }).run()).toBe("Hi")
    expect(await room.inside((object) => object)).toBeInstanceOf(DurableObject)
  })

  it("has bindings and exports that a test assigns", () => {
    expect(Reflect.get(env, "ROOM")).toBe(undefined)
    Object.assign(env, { ROOM: "a room" })
    expect(Reflect.get(env, "ROOM")).toBe("a room")
    Object.assign(exports, { Room: "a room" })
    expect(Reflect.get(exports, "Room")).toBe("a room")
  })

  it.each([
    { name: "exports.Room", use: () => Reflect.get(exports, "Room"), remedy: "Object.assign(exports, { Room: … })" },
    {
      name: "cache.purge",
      use: () => standIn.cache.purge({ tags: ["a"] }),
      remedy: "Object.assign(cache, { purge: … })",
    },
    {
      name: "tracing.enterSpan",
      use: () => standIn.tracing.enterSpan("a", () => 1),
      remedy: "Object.assign(tracing, { enterSpan: … })",
    },
    { name: "RpcStub", use: () => new RpcStub(new Greeting("Hi")), remedy: "use the target itself" },
    { name: "withEnv", use: () => standIn.withEnv({}, () => 1), remedy: "Object.assign(env, { … })" },
    { name: "withExports", use: () => standIn.withExports({}, () => 1), remedy: "Object.assign(exports, { … })" },
    {
      name: "withEnvAndExports",
      use: () => standIn.withEnvAndExports({}, {}, () => 1),
      remedy: "Object.assign(env, { … })",
    },
  ])("says what to do instead of $name", ({ name, use, remedy }) => {
    expect(use).toThrow(`cloudflare:workers has no ${name} in Node: ${remedy}`)
  })
})
