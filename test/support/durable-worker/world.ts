import { type Endpoint, text } from "sluice"

const fresh = () => ({
  /** How many flows were built. */
  built: 0,
  /** How many states a flow has made to begin with. */
  begun: 0,
  /** How many frames were encoded. */
  encoded: 0,
  /** How many objects were constructed. */
  constructed: 0,
  /** A deploy that has changed the flow. */
  isNew: false,
  /** Whether what was kept of the old flow will do for the new one. */
  migrates: false,
  /** The connections for which `accept` fails. */
  failsFor: "",
  /** What `mapAsync` waits for, and how often it was asked. */
  gate: Promise.withResolvers<void>(),
  asked: 0,
  /** Whether `mapAsync` never ends. */
  isStuck: false,
  /** How many handshakes the upstream of the flow `bridge` refuses. */
  refusals: 0,
  /** How many sockets an object that is constructed now takes. */
  maxConnections: 10_000,
  /** What the flow `guarded` has seen, and how often its input has ended. */
  seen: [] as string[],
  ended: 0,
})

/** What tests see and change from outside. */
export let world = fresh()

export function newWorld(): typeof world {
  world = fresh()
  return world
}

/** Text, and each frame that is encoded counts. */
export const counted = text.contramap((element: string) => {
  world.encoded++
  return element
})

/** The endpoint; each flow that is built counts. */
export function countingBuilds(endpoint: Endpoint): Endpoint {
  const connection: Endpoint["connection"] = (...args) => {
    world.built++
    return endpoint.connection(...args)
  }
  return { ...endpoint, connection }
}
