import { show } from "../show.ts"

/** Something that is done to a flow or an object, after which it may hibernate. */
export interface ScriptStep<Step> {
  readonly step: Step
  readonly sleeps: boolean
}

export type Script<Step> = readonly ScriptStep<Step>[]

/** A flow or an object under test. */
export interface Subject<Step> {
  take(step: Step): void | Promise<void>
  /** Hibernates, and goes on in a new instance. Takes a millisecond. */
  sleep(): void | Promise<void>
  /** Does nothing for a millisecond, awake. */
  rest(): void | Promise<void>
  /** All that could be seen of it so far. */
  seen(): readonly string[]
}

/** The flow under test, and its name in reports. */
export interface Trial<Step> {
  /** Starts an instance; `script` is what it is to go through. */
  start(script: Script<Step>): Promise<Subject<Step>>
  describe(step: Step): string
  /** The title of an error: what hibernation has changed. */
  readonly title: string
  /** Called when a script is over. */
  end?(): void
}

/** The observations after each step, in order. */
export async function observe<Step>(trial: Trial<Step>, script: Script<Step>, sleeps: boolean): Promise<string[][]> {
  const subject = await trial.start(script)
  try {
    const seen: string[][] = []
    let count = 0
    for (const { step, sleeps: isPause } of script) {
      const taken = subject.take(step)
      // Elements on their way may be lost or kept, so nothing is waited for.
      if (taken instanceof Promise) await taken
      if (isPause) await (sleeps ? subject.sleep() : subject.rest())
      await settledTurn()
      const all = subject.seen()
      seen.push(all.slice(count))
      count = all.length
    }
    return seen
  } finally {
    trial.end?.()
  }
}

/** Long enough for the promises of a flow: a few in a row. */
async function settledTurn(): Promise<void> {
  for (let turn = 0; turn < 8; turn++) await undefined
}

/** Whether hibernation can be seen. */
export async function differs<Step>(trial: Trial<Step>, script: Script<Step>): Promise<boolean> {
  return show((await observe(trial, script, true)).flat()) !== show((await observe(trial, script, false)).flat())
}
