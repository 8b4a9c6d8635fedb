import { ChatRoom as Room } from "./chat-room.ts"
import { Stopwatch as SharedStopwatch } from "./stopwatch.ts"
import { Tokens as Answers } from "./tokens.ts"

const reason = "Evicted by the page"

/** The chat room of the demo, whose members resume their sessions: the page has a button that evicts it. */
export class ChatRoom extends Room {
  evict(): void {
    this.ctx.abort(reason)
  }
}

/** The stopwatch of the demo, whose clients begin new sessions. Its state is kept. */
export class Stopwatch extends SharedStopwatch {
  evict(): void {
    this.ctx.abort(reason)
  }
}

/** The made-up model of the demo, whose clients resume their sessions and get the rest of their answers. */
export class Tokens extends Answers {
  evict(): void {
    this.ctx.abort(reason)
  }
}
