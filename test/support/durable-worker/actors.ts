import { Actor, type ActorRef, type AnyRef, Terminated } from "sluice/actor"

/** The ref to which an actor reports its actions. */
export interface Listener {
  tell(text: string): void
}

/** Counts, and runs commands. Reports unknown messages. */
export class Counter extends Actor<unknown> {
  override state = { count: 0 }

  constructor(
    private readonly out: Listener,
    private readonly log: Listener = out,
  ) {
    super()
  }

  override preStart() {
    this.log.tell("started")
  }

  receive(message: unknown) {
    const text = typeof message === "string" ? message : JSON.stringify(message)
    const command = this.commands[text]
    if (command) command()
    else this.out.tell(text)
  }

  override postStop() {
    this.log.tell("stopped")
  }

  private readonly commands: Record<string, () => void> = {
    add: () => this.out.tell(`count ${++this.state.count}`),
    show: () => this.out.tell(`count ${this.state.count}`),
    stop: () => this.context.stop(this.self),
    once: () => this.timers.startSingleTimer("once", "rung", "1 second"),
    beat: () => this.timers.startTimerAtFixedRate("beat", "beaten", "1 second"),
    quiet: () => this.timers.cancelAll(),
    ask: () => this.context.sender.tell(this.state.count),
    ignore() {},
    fail() {
      throw new Error("It broke")
    },
  }
}

export interface Join {
  member: ActorRef<string>
  /** The message to the group when the member has stopped, instead of `Terminated`. */
  farewell?: string | undefined
}

/** Watches its members, and another actor by command. */
export class Group extends Actor<string | Join | Terminated> {
  constructor(
    private readonly out: Listener,
    private readonly other: AnyRef,
  ) {
    super()
  }

  receive(message: string | Join | Terminated) {
    const { context } = this
    if (message instanceof Terminated) this.out.tell("terminated")
    else if (typeof message !== "string") this.join(message)
    else if (message === "watch") context.watch(this.other)
    else if (message === "unwatch") for (const actor of context.watched) context.unwatch(actor)
    else if (message === "size") this.out.tell(`size ${context.watched.size}`)
    else if (message === "stop") context.stop(this.self)
    else if (message.startsWith("all: ")) context.watched.tell(message)
    else this.out.tell(message)
  }

  private join({ member, farewell }: Join) {
    if (farewell === undefined) this.context.watch(member)
    else this.context.watchWith(member, farewell)
  }
}
