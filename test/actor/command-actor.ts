import type { Directive } from "../../src/actor/supervision.ts"
import {
  Actor,
  type ActorRef,
  type AnyRef,
  allForOne,
  DeadLetter,
  Failure,
  Kill,
  oneForOne,
  PoisonPill,
  Props,
  ReceiveTimeout,
  Terminated,
} from "../../src/actor.ts"
import { CloseError } from "../../src/socket/close.ts"
import type { Command, Kind, Who } from "./commands.ts"

interface Kept {
  value?: unknown
  /** Refs in a map in an object. */
  known: Map<string, ActorRef<Command>>
}

/** The log of each actor by its path, from before hibernation and after. */
export const journal = new Map<string, string[]>()

/** The asks without an answer. The runtime keeps an object in memory while there is one. */
export const pendingAsks = new Set<Promise<unknown>>()

type Heard = Command | Terminated | ReceiveTimeout | DeadLetter | string

/** Executes commands, and reports each to `out` and to the journal. */
export class CommandActor extends Actor<Heard> {
  override state: Kept | undefined = undefined
  override readonly childTypes = { CommandActor, InitializedActor }
  override readonly supervisorStrategy = oneForOne(directiveOf, { maxRestarts: 1, within: 60 })
  override readonly behaviors = { hoarding: this.hoard, echoing: this.echo }

  constructor(
    private readonly out?: ActorRef<string>,
    protected readonly boss?: ActorRef<Command>,
  ) {
    super()
  }

  override preStart(): void {
    this.note("starts")
  }

  override postStop(): void {
    this.note("stops")
    if (this.state?.value === "restless") this.haunt()
  }

  /** Uses everything that an actor has, although it ends. */
  private haunt(): void {
    const self = this.self as ActorRef<Command>
    self.tell({ do: "say" })
    this.say("farewell")
    this.timers.startSingleTimer("x", { do: "say" }, 10)
    this.context.setReceiveTimeout(10)
    this.spawn("CommandActor", "b")
    this.context.watch(self)
    if (this.boss) this.context.watch(this.boss)
    this.context.become("echoing")
    this.context.unstashAll()
    this.context.stop(self)
  }

  receive(command: Heard): void {
    if (typeof command === "string") this.note(`hears ${command}`)
    else if (command instanceof ReceiveTimeout) this.note(`waited ${command.timeout}`)
    else if (command instanceof DeadLetter) this.note(`hears of a dead letter for ${command.recipient.path}`)
    else if (command instanceof Terminated) this.note(`hears the end of ${command.actor.path}`)
    else this.act(command)
  }

  /** Stashes messages that do nothing to the stash, so that unstashing comes to an end. */
  private hoard(command: Heard): void {
    if (typeof command === "object" && "do" in command && !["keep", "say", "answer"].includes(command.do))
      this.act(command)
    else this.context.stash()
  }

  /** Reports every message, and handles commands of behaviors. */
  private echo(command: Heard): void {
    this.note(`echoes ${command instanceof ReceiveTimeout ? "a timeout" : "a message"}`)
    if (command instanceof Terminated) this.unhandled(command)
    if (typeof command === "object" && "do" in command) this.act(command)
  }

  protected say(text: string): void {
    this.out?.tell(text)
  }

  private act(command: Command): void {
    this.note(command.do)
    if (command.do === "say") this.say(`${this.self.path} ${this.portrait()}`)
    if (command.do === "keep") this.state = { value: command.value, known: this.known }
    if (command.do === "forget") this.state = undefined
    if (command.do === "unstash") this.context.unstashAll()
    if (command.do === "become") this.context.become(command.behavior, { discardOld: !command.onTop })
    if (command.do === "unbecome") this.context.unbecome()
    if (command.do === "subscribe") this.context.eventStream.subscribe(DeadLetter)
    if (command.do === "unsubscribe") this.context.eventStream.unsubscribe(DeadLetter)
    if (command.do === "hurry") this.context.setReceiveTimeout(10)
    if (command.do === "calm") this.context.cancelReceiveTimeout()
    if (command.do === "answer") this.context.sender.tell(this.portrait())
    if (command.do === "answered") this.note(`was answered ${JSON.stringify(command.value)}`)
    if (command.do === "spawn") this.spawn(command.kind, command.name)
    if (command.do === "single") this.timers.startSingleTimer(command.key, command.command, command.time)
    if (command.do === "rate") this.timers.startTimerAtFixedRate(command.key, command.command, command.time + 5)
    if (command.do === "cancel") this.timers.cancel(command.key)
    if (command.do === "throw") throw new Error(command.directive)
    if (command.do === "both") for (const one of command.commands) this.act(one)
    if (command.do === "mourn") this.note(`mourns ${command.whom.path}`)
    if (command.do === "join") this.welcome(command.member as ActorRef<Command>)
    if ("who" in command) this.meet(this.find(command.who), command)
  }

  private meet(ref: ActorRef<Command> | undefined, command: Command & { who: Who }): void {
    if (!ref) return
    if (command.do === "know") this.state = { ...this.state, known: this.known.set("somebody", ref) }
    if (command.do === "stop") this.context.stop(ref)
    if (command.do === "watch") this.context.watch(ref)
    if (command.do === "watchWith") this.context.watchWith(ref, { do: "mourn", whom: ref })
    if (command.do === "unwatch") this.context.unwatch(ref)
    if (command.do === "poison") ref.tell(PoisonPill)
    if (command.do === "kill") ref.tell(Kill)
    if (command.do === "fail") (ref as AnyRef as ActorRef<Failure>).tell(new Failure(new CloseError(4009)))
    if (command.do === "tell") ref.tell(command.command)
    if (command.do === "ask") this.ask(ref)
  }

  private welcome(member: ActorRef<Command>): void {
    this.state = { ...this.state, known: this.known.set("somebody", member) }
    this.context.watchWith(member, { do: "mourn", whom: member })
    this.say(`${member.path} is here`)
  }

  private ask(ref: ActorRef<Command>): void {
    const { self } = this
    const answered = (value: unknown) => self.tell({ do: "answered", value })
    const answer = ref.ask({ do: "answer" }, "1 minute")
    pendingAsks.add(answer)
    answer.finally(() => pendingAsks.delete(answer)).then(answered, () => {})
  }

  private spawn(kind: Kind, name: "a" | "b" | undefined): void {
    if (name && this.context.child(name)) return
    const self = this.self as ActorRef<Command>
    this.context.actorOf(
      Props.of(this.childTypes[kind], this.out, self).withMailbox({ capacity: 1, overflow: "dropHead" }),
      name,
    )
  }

  private find(who: Who): ActorRef<Command> | undefined {
    if (who === "self") return this.self as ActorRef<Command>
    if (who === "boss") return this.boss
    if (who === "out") return this.out as AnyRef as ActorRef<Command> | undefined
    if (who === "known") return this.state?.known.get("somebody")
    return this.context.child(who) as ActorRef<Command> | undefined
  }

  private get known(): Kept["known"] {
    return this.state?.known ?? new Map()
  }

  /** Its observable state. */
  private portrait(): string {
    const timers = ["x", "y"].filter((key) => this.timers.isTimerActive(key))
    const children = [...this.context.children.keys()]
    const watched = [...this.context.watched].map(({ path }) => path).sort()
    const known = [...this.known.values()].map(({ path }) => path)
    return JSON.stringify([this.state?.value, known, timers, children, watched])
  }

  private note(line: string): void {
    const lines = journal.get(this.self.path) ?? []
    lines.push(`${line} at ${this.context.now()}`)
    journal.set(this.self.path, lines)
  }
}

/** A command actor with an initial state, which supervises all its children at once. */
export class InitializedActor extends CommandActor {
  override readonly supervisorStrategy = allForOne(directiveOf, { maxRestarts: 2, within: 60 })
  override state: Kept | undefined = { value: "as it was born", known: new Map() }
}

/** The directive for an error: the one that its message names, else `stop`. */
export function directiveOf(error: unknown): Directive {
  const directives: Directive[] = ["resume", "restart", "stop", "escalate"]
  return directives.find((directive) => error instanceof Error && error.message === directive) ?? "stop"
}

/** The text frame for a message to the client. */
export function shown(told: unknown): string {
  return typeof told === "string" ? told : (JSON.stringify(told) ?? String(told))
}
