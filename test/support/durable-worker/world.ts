import { type Endpoint, text } from "sluice"

const fresh = () => ({
  /** How many flows were built. */
  built: 0,
  /** How many initial states a flow has made. */
  begun: 0,
  /** How many frames were encoded. */
  encoded: 0,
  /** How many objects were constructed. */
  constructed: 0,
  /** A deploy that has changed the flow. */
  isNew: false,
  /** Whether the snapshot of the old flow is migrated to the new one. */
  migrates: false,
  /** The connections for which `accept` fails. */
  failsFor: "",
  /** The promise that `mapAsync` waits for, and the count of its calls. */
  gate: Promise.withResolvers<void>(),
  asked: 0,
  /** Whether `mapAsync` never ends. */
  isStuck: false,
  /** How many handshakes the upstream of the flow `bridge` refuses. */
  refusals: 0,
  /** The maxConnections of objects that are constructed from now on. */
  maxConnections: 10_000,
  /** The messages of the flow `guarded`, and how often its input has ended. */
  seen: [] as string[],
  ended: 0,
})

/** The state that tests read and change from outside. */
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
