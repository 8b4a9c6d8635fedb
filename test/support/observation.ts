import { expect } from "vitest"

/** The events of an object that hibernates, or of one that never does, and what can be observed of it. */
export interface Observation<Event> {
  apply(event: Event): Promise<void>
  end(): unknown
}

/** Expects that the same is observed of an object that hibernates after some of the events and of one that never does. */
export async function expectUnobservable<Event>(
  script: readonly Event[],
  start: (sleeps: boolean) => Observation<Event>,
): Promise<void> {
  const observe = async (sleeps: boolean) => {
    const observation = start(sleeps)
    for (const event of script) await observation.apply(event)
    return observation.end()
  }
  expect(await observe(true)).toEqual(await observe(false))
}
