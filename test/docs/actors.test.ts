import { Hono } from "hono"
import { getCookie } from "hono/cookie"
import { CloseError, Flow, text, webSocket } from "sluice"
import { Actor, ActorFlow, type ActorRef, Props, ReceiveTimeout, Sink, Source } from "sluice/actor"
import { expect, it } from "vitest"
import { Probe } from "../../src/testing/probe/probe.ts"
import { Client, closed } from "../support/client.ts"

const lines: string[] = []
const log = (line: string) => lines.push(line)

// #region post-stop
class Session extends Actor<string> {
  override preStart() {
    log("opened")
  }

  receive(message: string) {
    log(message)
  }

  override postStop() {
    log("closed")
  }
}
// #endregion

it("an actor is stopped with its connection, and not by hibernation", () => {
  const flow = () => ActorFlow.actorRef<string, string>(() => Props.of(Session))
  new Client(text, flow()).open().send("hi").hibernate(flow()).close(1000)
  expect(lines).toEqual(["opened", "hi", "closed"])
})

// #region throw
class Doorkeeper extends Actor<string> {
  receive(word: string) {
    if (word !== "sesame") throw new CloseError(4003, "That is not the word")
  }
}
// #endregion

it("an actor closes its socket with a code of its own", () => {
  const client = new Client(
    text,
    ActorFlow.actorRef<string, string>(() => Props.of(Doorkeeper)),
  )
  expect(client.open().send("sesame", "simsim").received).toEqual([closed(4003, "That is not the word")])
})

class Greeter extends Actor<string> {
  constructor(
    private readonly out: ActorRef<string>,
    private readonly user: string,
  ) {
    super()
  }

  receive() {
    this.out.tell(`Hello ${this.user}`)
  }
}

it("a request is rejected, or an actor accepts it", async () => {
  const app = new Hono()
  // #region reject
  app.get(
    "/greeter",
    webSocket.acceptOrResult(text, (c) => {
      const user = getCookie(c, "user")
      if (!user) return c.text("Forbidden", 403)
      return ActorFlow.actorRef((out: ActorRef<string>) => Props.of(Greeter, out, user))
    }),
  )
  // #endregion
  const upgrade = { Upgrade: "websocket" }
  expect((await app.request("/greeter", { headers: upgrade })).status).toBe(403)
})

it("the ends of a stream are actors", () => {
  const out = Source.actorRef<string>()
  const echo = new Client(text, Flow.fromSinkAndSource(Sink.actorRef(out.ref), out.source))
  expect(echo.open().send("a", "b").received).toEqual(["a", "b"])
})

// #region field
class Forgetful extends Actor<string> {
  private count = 0 // a field, which the constructor makes anew after hibernation

  constructor(private readonly out: ActorRef<string>) {
    super()
  }

  receive(message: string) {
    this.out.tell(`${++this.count}: ${message}`)
  }
}
// #endregion

// #region state
class Counting extends Actor<string> {
  override state = 0

  constructor(private readonly out: ActorRef<string>) {
    super()
  }

  receive(message: string) {
    this.out.tell(`${++this.state}: ${message}`)
  }
}
// #endregion

it.each([
  { type: Forgetful, second: "1: b" },
  { type: Counting, second: "2: b" },
])("hibernation keeps the state of an actor alone: $type.name", ({ type, second }) => {
  const flow = () => ActorFlow.actorRef((out: ActorRef<string>) => Props.of(type, out))
  const probe = Probe.flow(flow).unbounded().send("a").hibernate().send("b")
  expect(probe.received).toEqual(["1: a", second])
})

// #region behaviors
/** Stashes the messages of the client until it has logged in. Closes the socket of a client that is silent for ten minutes. */
class Account extends Actor<string | ReceiveTimeout> {
  override behaviors = { loggedIn: this.whileLoggedIn }

  constructor(private readonly out: ActorRef<string>) {
    super()
  }

  override preStart() {
    this.context.setReceiveTimeout("10 minutes")
  }

  receive(message: string | ReceiveTimeout) {
    if (message !== "login") {
      this.handleAnyTime(message)
      this.context.stash()
      return
    }
    this.context.become("loggedIn")
    this.context.unstashAll()
  }

  private whileLoggedIn(message: string | ReceiveTimeout) {
    this.handleAnyTime(message)
    if (message === "logout") this.context.unbecome()
    else this.out.tell(`done: ${message}`)
  }

  private handleAnyTime(message: string | ReceiveTimeout) {
    if (message instanceof ReceiveTimeout) throw new CloseError(4008, "Silent for too long")
  }
}
// #endregion

it("behaviors, stashed messages and the receive timeout are kept", () => {
  const flow = () => ActorFlow.actorRef<string, string>((out) => Props.of(Account, out))
  const client = new Client(text, flow()).open().send("a").hibernate(flow()).send("login").hibernate(flow()).send("b")
  expect(client.received).toEqual(["done: a", "done: b"])
  client.hibernate(flow()).advance(600_000)
  expect(client.received.at(-1)).toEqual(closed(4008, "Silent for too long"))
})

class Forgiving extends Actor<string> {
  override state: string | undefined = undefined

  constructor(private readonly out: ActorRef<string>) {
    super()
  }

  receive(message: string) {
    this.out.tell(`${this.state}`)
    this.state = message === "forget" ? undefined : message
  }
}

it("a state that is undefined is nothing to keep", () => {
  const flow = () => ActorFlow.actorRef((out: ActorRef<string>) => Props.of(Forgiving, out))
  const probe = Probe.flow(flow).unbounded().send("a").hibernate().send("forget").hibernate().send("b")
  expect(probe.received).toEqual(["undefined", "a", "undefined"])
})
