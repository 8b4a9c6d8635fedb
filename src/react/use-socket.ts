import { useMemo, useSyncExternalStore } from "react"
import type { Client, Status } from "../client/client.ts"
import { type ConnectArguments, connect } from "../client/connect.ts"
import type { Closes, InputOf, OutputOf } from "../protocol/elements.ts"
import type { Protocol, UrlValues } from "../protocol/protocol.ts"
import type { Speech } from "../socket/speech.ts"

/** The state of a client in a component. */
export interface SocketState<In> {
  readonly status: Status
  /** The last messages, the newest last; 100 of them at the most. */
  readonly messages: readonly In[]
}

/** The state, and `send`. */
export interface SocketHandle<In, Out> extends SocketState<In> {
  send(message: Out): Promise<void>
}

const kept = 100

/**
 * Connects while the component is mounted, and again when the path, the params or the query change. On a server nothing is
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
): SocketHandle<OutputOf<Sends>, InputOf<Receives>> {
  const key = JSON.stringify(given[0])
  // Values are compared by their content.
  const store = useMemo(
    () => makeStore<OutputOf<Sends>, InputOf<Receives>>(() => connect(protocol, ...given)),
    [protocol, key],
  )
  return { ...useSyncExternalStore(store.subscribe, store.state, store.state), send: store.send }
}

/** The parts of a client that the store uses, for any close codes. */
interface Opened<In, Out> extends Pick<Client<In, Out>, "on" | "send"> {
  close(): void
}

function makeStore<In, Out>(open: () => Opened<In, Out>) {
  let state: SocketState<In> = { status: "connecting", messages: [] }
  let client: Opened<In, Out> | undefined
  const subscribers = new Set<() => void>()
  const set = (change: Partial<SocketState<In>>) => {
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
        state = { status: "connecting", messages: [] }
        // A client that was closed tells it later, when another client may have taken its place.
        opened.on("status", (status) => opened === client && set({ status }))
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
