import { Actor, type ActorRef, Props, Terminated } from "sluice/actor"
import { append, emptyJournal, type Journal } from "./journal.ts"

/** Acknowledges a timer. */
export interface TimerSet {
  readonly set: string
}

/** How many members there are, and how often one has left that was no member. */
export interface Present {
  readonly present: number
  readonly strangers: number
}

/** A message to a client of the kill soak. */
export type Frame = Journal | TimerSet | Present

/** A member gets the journal when it joins, and at each new entry. */
export interface Join {
  readonly member: ActorRef<Frame>
}

/** An entry to be answered by the journal that has it. */
export interface Ask {
  readonly entry: string
}

/** A journal as the state of an actor. */
export class JournalActor extends Actor<string | Join | Ask | Terminated> {
  override state: Journal = emptyJournal

  receive(message: string | Join | Ask | Terminated) {
    // A member that has closed is no longer watched.
    if (message instanceof Terminated) return
    if (typeof message === "string") this.command(message)
    else if ("member" in message) this.join(message.member)
    else {
      this.add(message.entry)
      this.context.sender.tell(this.state)
    }
  }

  protected command(entry: string): void {
    this.add(entry)
  }

  protected add(entry: string): void {
    this.state = append(this.state, entry)
    this.context.watched.tell(this.state)
  }

  private join(member: ActorRef<Frame>): void {
    this.context.watch(member)
    member.tell(this.state)
  }
}

/** The parent of an actor with a journal: a row with a child in it. */
export class ParentActor extends Actor<string | Join> {
  override childTypes = { JournalActor }
  override state: { child?: ActorRef<string | Join> } = {}

  override preStart() {
    this.state = { child: this.context.actorOf(Props.of(JournalActor), "journal") }
  }

  receive(message: string | Join) {
    this.state.child?.tell(message)
  }
}

/** Sets a timer for each command, `<entry> <milliseconds>`, and acknowledges it. The timer makes the entry. */
export class TimerActor extends JournalActor {
  protected override command(command: string): void {
    const [entry = "", delay] = command.split(" ")
    if (delay === undefined) {
      this.add(`${entry}@${this.context.now()}`)
      return
    }
    this.timers.startSingleTimer(entry, entry, Number(delay))
    this.context.watched.tell({ set: entry } satisfies TimerSet)
  }
}

/** Makes an entry ten times a second. */
export class BeatActor extends JournalActor {
  override preStart() {
    this.timers.startTimerAtFixedRate("beat", "beat", 100)
  }

  protected override command(): void {
    this.add(`beat ${this.context.now()}`)
  }
}
