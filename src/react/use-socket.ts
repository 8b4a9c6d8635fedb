import { useInsertionEffect, useMemo, useRef, useSyncExternalStore } from "react"
import type { Client, Closed, Status } from "../client/client.ts"
import { type ConnectArguments, connect } from "../client/connect.ts"
import type { Closes, FinalCode, InputOf, OutputOf } from "../protocol/elements.ts"
import type { Protocol, UrlValues } from "../protocol/protocol.ts"
import type { Speech } from "../socket/speech.ts"

/** The state of a client in a component. */
export interface SocketState<In, Codes extends Closes = Closes> {
  readonly status: Status
  /** How the client has ended; `undefined` until its status is `closed`. */
  readonly closed: Closed<FinalCode<Codes>> | undefined
  /** The last messages, the newest last; 100 of them at the most. */
  readonly messages: readonly In[]
}

/** The state, and `send`. */
export interface SocketHandle<In, Out, Codes extends Closes = Closes> extends SocketState<In, Codes> {
  send(message: Out): Promise<void>
}

const kept = 100

/**
 * Connects while the component is mounted, and again when the path, the schemas, the params or the query change. A function for the params
 * and the query is that of the newest render, and other options are those of the first one. On a server nothing is connected, and the status
 * is `connecting`.
 *
 * @example
 * ```ts
 * const chat = protocol("/rooms/:room", { receives: text, sends: text })
 * const { messages, status, send } = useSocket(chat, { room: "lobby" })
 * ```
 */
export function useSocket<
  Path extends string,
  Q,
  Receives extends Speech,
  Sends extends Speech,
  Codes extends Closes,
  Prefix extends string,
>(
  protocol: Protocol<Path, Q, Receives, Sends, Codes, Prefix>,
  ...given: ConnectArguments<UrlValues<Path, Q, Prefix>>
): SocketHandle<OutputOf<Sends>, InputOf<Receives>, Codes> {
  const [values, options] = given
  const newest = useRef(values)
  // Before any effect, because that of a child may connect.
  useInsertionEffect(() => {
    newest.current = values
  })
  const fresh = () => (newest.current as () => typeof values)()
  // Values are compared as a URL has them, in one order, and the protocol by its parts, because `under` makes another one at each render.
  const entries = Object.entries(values ?? {}).filter(([, value]) => value !== undefined)
  const store = useMemo(() => {
    const current = [typeof values === "function" ? fresh : values, options] as typeof given
    return makeStore<OutputOf<Sends>, InputOf<Receives>, Codes>(() => connect(protocol, ...current))
  }, [protocol.address, protocol.receives, protocol.sends, `${new URLSearchParams(entries.sort())}`])
  return useSyncExternalStore(store.subscribe, store.state, store.state)
}

function makeStore<In, Out, Codes extends Closes>(open: () => Client<In, Out, Codes>) {
  const first: SocketHandle<In, Out, Codes> = {
    status: "connecting",
    closed: undefined,
    messages: [],
    send(message) {
      // The effects of children run before the subscription of their parent, which takes the client over.
      const sent = start().send(message)
      closeUnused()
      return sent
    },
  }
  let state = first
  let client: Client<In, Out, Codes> | undefined
  const subscribers = new Set<() => void>()
  const set = (change: Partial<SocketState<In, Codes>>) => {
    state = { ...state, ...change }
    for (const changed of subscribers) changed()
  }
  const start = () => {
    if (client) return client
    const opened = open()
    client = opened
    state = first
    // A client that was closed tells it later, when another client may have taken its place.
    const own = (change: Partial<SocketState<In, Codes>>) => opened === client && set(change)
    opened.on("status", (status) => status !== "closed" && own({ status }))
    void opened.closed.then((closed) => own({ status: "closed", closed }))
    opened.on("message", (message) => own({ messages: [...state.messages, message].slice(-kept) }))
    return opened
  }
  /** React mounts twice in its strict mode: the second mount takes over the client of the first. */
  const closeUnused = () =>
    queueMicrotask(() => {
      if (subscribers.size > 0) return
      client?.close()
      client = undefined
    })
  return {
    state: () => state,
    subscribe(changed: () => void) {
      subscribers.add(changed)
      start()
      return () => {
        subscribers.delete(changed)
        closeUnused()
      }
    },
  }
}
