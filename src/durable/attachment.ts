import type { Watch } from "../actor/watches.ts"
import type { SavedConnection } from "../socket/connection.ts"
import type { ConnectionFacts } from "../socket/facts.ts"
import { type Folded, unfold } from "./folding.ts"
import type { Activity } from "./idle-sweep.ts"

/** What is kept of a socket while its object sleeps. */
export interface Attachment {
  id: string
  facts: ConnectionFacts
  /** What is in the connection's own cells. */
  cells?: Map<string, unknown>
  fingerprint: string
  saved: SavedConnection
  /** When its flow is due; left out for never. */
  due?: number
  /** The hubs that its flow listens to. */
  hubs?: string[]
  /** Its flow depends on what may change outside. */
  watches?: true
  /** The hub, or the path of the actor, whose elements go to the client with no stage in between. */
  direct?: string
  /** Which of its actors watches whom outside, or is watched from there. */
  links?: readonly Watch[]
  /** When it is idle for too long, where it may not be for ever. */
  activity?: Activity
  /** Its client takes many messages in one frame. */
  isBatched?: true
  /** Its flow cannot go on: the client was slow, and what waited for it was too much to be written with every event. */
  isLost?: true
}

/** What is attached instead of an attachment that is too large: its name in storage. */
interface Spilled {
  spilled: string
}

type Storage = Pick<DurableObjectStorage, "kv">

const prefix = "sluice:spill:"

/**
 * Writes and reads what is attached to sockets. What is larger than the runtime takes, 16,384 bytes as it counts them, goes to
 * the object's storage.
 */
export class Attachments {
  private readonly spilled = new Set<string>()
  private isSwept = false

  constructor(
    private readonly storage: Storage,
    /** Whether there is a socket of this id. */
    private readonly isConnected: (id: string) => boolean,
  ) {}

  /** Whether it fits; where not, `spill` will take it. */
  write(socket: WebSocket, id: string, folded: Folded): boolean {
    try {
      socket.serializeAttachment(folded)
    } catch {
      return false
    }
    this.clear(id)
    return true
  }

  read(socket: WebSocket): Attachment | undefined {
    const attached: Folded | Spilled | null = socket.deserializeAttachment()
    if (!attached) return undefined
    if (!("spilled" in attached)) return unfold(attached)
    this.spilled.add(attached.spilled)
    const folded = this.storage.kv.get<Folded>(prefix + attached.spilled)
    return folded && unfold(folded)
  }

  /** The socket is gone, or its state fits again. */
  clear(id: string): void {
    if (this.spilled.delete(id)) this.storage.kv.delete(prefix + id)
  }

  /** Writes what does not fit; an error for what structured clone does not take. */
  spill(socket: WebSocket, id: string, folded: Folded): void {
    this.sweep()
    this.storage.kv.put(prefix + id, folded)
    if (this.spilled.has(id)) return
    this.spilled.add(id)
    socket.serializeAttachment({ spilled: id } satisfies Spilled)
  }

  /** Nobody is told of sockets that are gone because the object was reset: what they left goes before there is more. */
  private sweep(): void {
    if (this.isSwept) return
    this.isSwept = true
    for (const [key] of this.storage.kv.list({ prefix })) {
      if (!this.isConnected(key.slice(prefix.length))) this.storage.kv.delete(key)
    }
  }
}
