import { settled } from "../settled.ts"
import { show } from "../show.ts"

/** A step of a script, after which the flow or the object may hibernate. */
export interface ScriptStep<Step> {
  readonly step: Step
  readonly sleeps: boolean
}

export type Script<Step> = readonly ScriptStep<Step>[]

/** A flow or an object under test. */
export interface Subject<Step> {
  take(step: Step): void | Promise<void>
  /** Hibernates, and continues in a new instance. Takes a millisecond. */
  sleep(): void | Promise<void>
  /** Stays awake and idle for a millisecond. */
  rest(): void | Promise<void>
  /** All observations so far. */
  seen(): readonly string[]
}

/** The flow or object under test, and its title in reports. */
export interface Trial<Step> {
  /** Starts an instance for a script. */
  start(script: Script<Step>): Promise<Subject<Step>>
  describe(step: Step): string
  /** The first sentence of the error: the effect of hibernation. */
  readonly title: string
}

/** The observations after each step, in order. */
export async function observe<Step>(trial: Trial<Step>, script: Script<Step>, sleeps: boolean): Promise<string[][]> {
  const subject = await trial.start(script)
  const seen: string[][] = []
  let count = 0
  for (const { step, sleeps: isPause } of script) {
    const taken = subject.take(step)
    // Waits for the step only, because pending elements may be lost or kept.
    if (taken instanceof Promise) await taken
    if (isPause) await (sleeps ? subject.sleep() : subject.rest())
    // The promises of a flow settle in these turns.
    await settled(8)
    const all = subject.seen()
    seen.push(all.slice(count))
    count = all.length
  }
  return seen
}

/** Whether hibernation can be observed in a script. */
export async function differs<Step>(trial: Trial<Step>, script: Script<Step>): Promise<boolean> {
  return show((await observe(trial, script, true)).flat()) !== show((await observe(trial, script, false)).flat())
}
