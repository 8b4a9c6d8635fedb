import { Flow, Source, text, webSocket } from "sluice"
import { Actor, ActorFlow, type ActorRef, Props } from "sluice/actor"
import { FlowObject } from "sluice/durable"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import type { LogEntry } from "../../src/stream/logger.ts"
import { closed } from "../support/client.ts"
import { Scripted, script } from "../support/durable-worker/scripted.ts"
import { logged } from "../support/logged.ts"
import { MemoryObject } from "../support/memory-object.ts"

class Echo extends Actor<string> {
  constructor(private readonly out: ActorRef<string>) {
    super()
  }

  receive(message: string) {
    this.out.tell(message)
  }
}

let errors: LogEntry[]

beforeEach(() => {
  errors = logged()
})

afterEach(() => vi.useRealTimers())

/** A value that TypeScript would refuse, and JavaScript may pass. */
const wrong = <T>(value: unknown): T => Object.assign({ value: value as T }).value

describe("Props of anything but a class of actors (fault I)", () => {
  it.each([
    ["an instance", wrong<typeof Echo>(new Echo(wrong(undefined))), /an instance of Echo|Echo/],
    ["a function", wrong<typeof Echo>(() => {}), /function/],
    ["another class", wrong<typeof Echo>(Map), /.+/],
    ["nothing", wrong<typeof Echo>(undefined), /undefined/],
  ])("are refused: %s", (_, type, name) => {
    const make = () => Props.of(type, wrong<ActorRef<string>>(undefined))
    expect(make).toThrow(/^Props\.of takes a class that extends Actor and the arguments of its constructor, not /)
    expect(make).toThrow(name)
    expect(make).toThrow(/: write Props\.of\(Counter, out\)$/)
  })

  it.each([
    ["a class", wrong<Props<string>>(Echo)],
    ["an instance", wrong<Props<string>>(new Echo(wrong(undefined)))],
    ["nothing", wrong<Props<string>>(undefined)],
  ])("close their connection with 1011, and the log names the remedy: %s", async (_, props) => {
    script(() => ({
      accept: () =>
        webSocket.endpoint(
          text,
          ActorFlow.actorRef<string, string>(() => props),
        ),
    }))
    const client = await new MemoryObject(Scripted).connect()
    expect(client.received).toEqual([closed(1011)])
    expect(errors.map(({ cause }) => String(cause))).toEqual([
      expect.stringMatching(
        /^TypeError: What the function of an actorRef returns must be Props, not .*: write Props\.of\(/,
      ),
    ])
  })

  it("are refused where an actor of the object is declared", () => {
    script(({ actor }) => {
      actor("echo", wrong<Props<string>>(Echo))
      return {}
    })
    expect(() => new MemoryObject(Scripted)).toThrow(
      /^The second argument of this\.actor\("echo", …\) must be Props, not .*: write Props\.of\(/,
    )
  })
})

it.each([
  ["nothing", undefined, /undefined/],
  ["a flow", Flow.of<string>(), /Flow/],
])("a shared source must be a source (fault I): %s", (_, value, name) => {
  script(({ share }) => {
    share("a", wrong<Source<string>>(value))
    return {}
  })
  expect(() => new MemoryObject(Scripted)).toThrow(
    /^The second argument of this\.share\("a", …\) must be a Source, not /,
  )
  expect(() => new MemoryObject(Scripted)).toThrow(name)
})

describe("a name that is declared twice (fault I)", () => {
  type Tools = Scripted["tools"]
  const declare: Record<string, (tools: Tools) => unknown> = {
    cell: ({ cell }) => cell("a", 0),
    hub: ({ hub }) => hub("a"),
    "shared source": ({ share }) => share("a", Source.never<string>()),
    actor: ({ actor }) => actor("a", Props.of(Echo, wrong<ActorRef<string>>(undefined))),
  }
  const refusal = (what: string) => `The object has a(n)? ${what} "a" already: declare it once, as a field of the class`

  it.each(Object.entries(declare))("is refused, and the error names it: %s", (what, make) => {
    script((tools) => {
      make(tools)
      return {}
    })
    const { instance } = new MemoryObject(Scripted)
    expect(() => make(instance.tools)).toThrow(new RegExp(refusal(what)))
  })

  it("is refused for a cell of a connection, too", async () => {
    script(() => ({
      accept({ cell }) {
        cell("a", 0)
        cell("a", 1)
        return webSocket.endpoint(text, Flow.of<string>())
      },
    }))
    await expect(new MemoryObject(Scripted).connect()).rejects.toThrow('The connection has a cell "a" already')
  })

  it("is refused for a cell that is made again for each connection", async () => {
    script(({ cell }) => ({
      accept() {
        cell("a", 0)
        return webSocket.endpoint(text, Flow.of<string>())
      },
    }))
    const object = new MemoryObject(Scripted)
    await object.connect().catch(() => {})
    await expect(object.connect()).rejects.toThrow(/cell "a" already: declare it once, as a field of the class/)
  })
})

describe("a subclass that overrides a handler of the runtime (fault 49)", () => {
  class Deaf extends Scripted {
    override webSocketMessage() {}
  }
  class Endless extends Scripted {
    override webSocketClose() {}
  }
  class Broken extends Scripted {
    override webSocketError() {}
  }
  class Timeless extends Scripted {
    override alarm() {}
  }

  it.each([
    [Deaf, "webSocketMessage"],
    [Endless, "webSocketClose"],
    [Broken, "webSocketError"],
    [Timeless, "alarm"],
  ] as const)("and does not call super is refused: %o", (type, handler) => {
    script(() => ({}))
    expect(() => new MemoryObject<Scripted>(type)).toThrow(TypeError)
    expect(() => new MemoryObject<Scripted>(type)).toThrow(
      `${type.name} replaces ${handler}, so its flows would not get what the runtime delivers: call super.${handler}(…) in it`,
    )
  })

  it("is accepted if it calls super, and so is a subclass of it", async () => {
    class Below extends Scripted {}
    script(() => ({}))
    const object = new MemoryObject(Below)
    const client = await object.connect()
    object.send(client, "a")
    expect(client.received).toEqual(["a"])
  })
})

it("a runtime without ctx.storage.kv is refused, and the error names the lowest version that has it (fault 49)", () => {
  class Room extends FlowObject {
    protected accept() {
      return webSocket.endpoint(text, Flow.of<string>())
    }
  }
  const ctx = wrong<DurableObjectState>({ storage: {} })
  expect(() => new Room(ctx, {})).toThrow("Room needs workerd 1.20251001 or newer: this runtime has no ctx.storage.kv")
})
