import { useMemo, useSyncExternalStore } from "react"
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
 * Connects while the component is mounted, and again when the path, the schemas, the params or the query change. On a server nothing is
 * connected, and the status is `connecting`. The options, and a function for the params and the query, are those of the first render.
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
  const key = JSON.stringify(given[0])
  // Values are compared by their content, and the protocol by its parts, because `under` makes another one at each render.
  const store = useMemo(
    () => makeStore<OutputOf<Sends>, InputOf<Receives>, Codes>(() => connect(protocol, ...given)),
    [protocol.address, protocol.receives, protocol.sends, key],
  )
  return { ...useSyncExternalStore(store.subscribe, store.state, store.state), send: store.send }
}

function makeStore<In, Out, Codes extends Closes>(open: () => Client<In, Out, Codes>) {
  const first: SocketState<In, Codes> = { status: "connecting", closed: undefined, messages: [] }
  let state = first
  let client: Client<In, Out, Codes> | undefined
  const subscribers = new Set<() => void>()
  const set = (change: Partial<SocketState<In, Codes>>) => {
    state = { ...state, ...change }
    for (const changed of subscribers) changed()
  }
  return {
    state: () => state,
    send(message: Out) {
      if (client) return client.send(message)
      const sent = Promise.reject<void>(new Error("The component is not mounted"))
      // As with a client, a rejection need not be handled.
      sent.catch(() => {})
      return sent
    },
    subscribe(changed: () => void) {
      subscribers.add(changed)
      if (!client) {
        const opened = open()
        client = opened
        state = first
        // A client that was closed tells it later, when another client may have taken its place.
        opened.on("status", (status) => opened === client && set({ status }))
        void opened.closed.then((closed) => opened === client && set({ closed }))
        opened.on("message", (message) => set({ messages: [...state.messages, message].slice(-kept) }))
      }
      return () => {
        subscribers.delete(changed)
        // React mounts twice in its strict mode: the second mount takes over the client of the first.
        queueMicrotask(() => {
          if (subscribers.size > 0) return
          client?.close()
          client = undefined
        })
      }
    },
  }
}
