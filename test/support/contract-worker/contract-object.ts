import { binary, CloseError, type Endpoint, Flow, Message, messages, Sink, Source, text, webSocket } from "sluice"
import { type ConnectionInfo, FlowObject } from "sluice/durable"
import { endpointOf, openGate } from "./endpoints.ts"

/** How often an object was constructed, by its name. */
const constructions = new Map<string, number>()

/** The endpoints in a Durable Object, one for the connections of each test. */
export class ContractObject extends FlowObject {
  private readonly room = this.hub<Uint8Array>("room")
  private readonly count = this.cell("count", 0)
  private readonly news = this.hub<string>("news")
  private readonly construction: number

  constructor(ctx: DurableObjectState, env: unknown) {
    super(ctx, env)
    const id = ctx.id.toString()
    this.construction = (constructions.get(id) ?? 0) + 1
    constructions.set(id, this.construction)
  }

  accept({ params, url }: ConnectionInfo): Endpoint | Response {
    if (params.name === "fetched") return new Response("Only webSocket.forward leads here.\n", { status: 404 })
    const query = Object.fromEntries(new URL(url).searchParams)
    if (params.name === "room") {
      const flow = Flow.fromSinkAndSource(this.room.sink(), this.room.source())
      return webSocket.endpoint(binary, flow, { limits: { maxBufferedAmount: Number(query.maxBufferedAmount) } })
    }
    if (params.name === "redeployed") {
      // A flow that has one step more whenever the object was evicted.
      const steps = Array.from({ length: this.construction }, (_, index) => index)
      const flow = steps.reduce((flow) => flow.filter(() => true), Flow.of<string>())
      return webSocket.endpoint(text, flow)
    }
    if (params.name === "resumable" || params.name === "durable") {
      const resume = { within: Number(query.within), durable: params.name === "durable" }
      return webSocket.endpoint(text, this.member(query.name ?? ""), { resume })
    }
    if (params.name === "farewells") {
      return webSocket.endpoint(messages, this.farewells(), { resume: { within: Number(query.within) } })
    }
    if (params.name === "restart" || params.name === "fail") {
      const onEviction = params.name
      const answers = Flow.of<string>().switchMap((prompt) =>
        Source.fromAsync((signal, delivered) => tokens(prompt, signal, delivered), { onEviction }),
      )
      return webSocket.endpoint(text, answers, { resume: { within: 60_000, durable: true } })
    }
    if (params.name === "overruled") {
      const calls = Flow.of<string>().map((name) => this.overrule(name))
      return webSocket.endpoint(text, calls.merge(Source.tick(100).map(() => "tick")))
    }
    return endpointOf(params.name ?? "", query)
  }

  /** Numbers its own messages, and gets the news. `tell` makes some, `end` ends the flow of another member. */
  private member(name: string): Flow<string, string> {
    const numbered = Flow.of<string>()
      .filter((message) => !/^(tell|end) /.test(message))
      .statefulMap(
        () => 0,
        (count, message) => [count + 1, `${count + 1}: ${message}`],
      )
    const told = Sink.forEach((message: string) => this.news.publish(message.replace(/^tell /, "")))
    return Flow.of<string>()
      .onTermination(() => this.news.publish(`${name} left`))
      .broadcast(
        (all) => all.filter((message) => /^(tell|end) /.test(message)).to(told),
        (all) => all.via(numbered),
      )
      .merge(this.news.source({ bufferSize: 100 }).map((news) => endOf(name, news)))
      .filter((message) => !message.startsWith("end "))
  }

  /** Sends all members the close that the flow of each other member has received. */
  private farewells(): Flow<Message, Message> {
    const onClose = Sink.forEach((message: Message) => {
      if (message.type === "close") this.news.publish(`${message.code} ${message.reason}`)
    })
    return Flow.fromSinkAndSource(onClose, this.news.source().map(Message.text))
  }

  /** Evicts the object by force, as the runtime may. */
  crash(): void {
    this.ctx.abort("The test wants it")
  }

  /** The calls of an author to the object's storage and alarm. Answers with the cell's value before and after. */
  private overrule(name: string): string {
    const { storage } = this.ctx
    this.count.update((count) => count + 1)
    const before = this.count.get()
    if (name === "deleteAll") void storage.deleteAll()
    if (name === "deleteAlarm") void storage.deleteAlarm()
    if (name === "setAlarm") void storage.setAlarm(Date.now() + 86_400_000)
    return `${name}: ${before} ${this.count.get()}`
  }

  /** Settles a promise in its own object, because a request to the Worker cannot settle a promise of an object. */
  openGate(id: string): void {
    openGate(id)
  }
}

/** Twenty tokens, one every 50 milliseconds. */
async function* tokens(prompt: string, signal: AbortSignal, delivered: number): AsyncGenerator<string> {
  for (let token = delivered + 1; token <= 20; token++) {
    await scheduler.wait(50, { signal })
    yield `${prompt} ${token}`
  }
}

/** Ends the flow of a member with a close of its own. */
function endOf(name: string, news: string): string {
  if (news === `end ${name}`) throw new CloseError(4001, "Ended")
  return news
}
