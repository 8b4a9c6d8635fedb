import { checkNames } from "../../stream/author-value.ts"
import { type Duration, toMilliseconds } from "../../stream/duration.ts"
import { assertDurable } from "../../stream/engine/fingerprint.ts"
import { Wiring } from "../../stream/engine/wiring.ts"
import type { Flow } from "../../stream/flow.ts"
import { checkedMake } from "../made-flow.ts"
import { Probe } from "../probe/probe.ts"
import { show } from "../show.ts"
import { report } from "./report.ts"
import { differs, type Script, type Subject, type Trial } from "./script.ts"
import { type Arbitrary, type SearchOptions, type Steps, search } from "./search.ts"

/** The options of `expectTransparent`. */
export interface TransparencyOptions<In, Module = undefined> extends SearchOptions {
  /** The messages: an arbitrary of fast-check, or an array of values. Default: the texts `a` and `b`. */
  input?: Arbitrary<In> | readonly In[]
  /** The durations by which a step advances the clock. Default: 1, 10 and 100 ms, a second, a minute and an hour. */
  advance?: readonly Duration[]
  /**
   * Imports the module of the flow anew for each instance, so that its variables are lost as in an eviction:
   * ``(version) => import(`./counting.ts?${version}`)``. Modules that it imports in turn are shared. Changes the defaults of `runs` to
   * 50 and of `maxSteps` to 6, because imported modules stay in memory.
   */
  module?: (version: string) => Promise<Module>
}

type Step<In> = { readonly send: In } | { readonly advance: Duration }

const durations: readonly Duration[] = [1, 10, 100, "1 second", "1 minute", "1 hour"]

/**
 * Runs random scripts of messages and time, each script twice: as it is, and with the flow saved and made anew after some of the
 * steps. Rejects with a `TransparencyError` that shows the shortest script that it finds in which hibernation changes the behaviour of
 * the flow, and with a `PinnedFlowError` for a flow that cannot hibernate.
 *
 * @param make makes the flow; with the option `module` it gets the module
 * @example
 * ```ts
 * await expectTransparent(() => Flow.of<string>().debounce("1 second"), { input: ["a", "b"] })
 * ```
 */
export async function expectTransparent<In, Out, Module = undefined>(
  make: (module: Module) => Flow<In, Out>,
  options: TransparencyOptions<In, Module> = {},
): Promise<void> {
  const { module, advance = durations, input, runs, maxSteps, seed } = options
  checkNames("expectTransparent option", options, { input, advance, module, runs, maxSteps, seed })
  const trial = new FlowTrial(checkedMake("expectTransparent", make), module)
  await trial.check()
  const steps: Steps<Step<In>> = [
    { weight: 3, step: sends<In>(input) },
    { weight: 1, step: advance.map((duration) => ({ advance: checkedDuration(duration) })) },
  ]
  // Imported modules are never unloaded.
  const limits = module ? { runs: 50, maxSteps: 6 } : {}
  const found = await search(steps, (script) => differs(trial, script), { ...limits, ...options })
  if (found) throw await report(trial, found)
}

class FlowTrial<In, Out, Module> implements Trial<Step<In>> {
  readonly title = "Hibernation changes what this flow does."
  private version = 0
  private readonly id = Math.random().toString(36).slice(2)

  constructor(
    private readonly make: (module: Module) => Flow<In, Out>,
    private readonly load: ((version: string) => Promise<Module>) | undefined,
  ) {}

  /** Throws a `PinnedFlowError` for a flow that cannot hibernate. */
  async check(): Promise<void> {
    const next = await this.instances(1)
    const wiring = new Wiring()
    wiring.chain(next().chain, undefined)
    assertDurable(wiring.steps)
  }

  async start(script: Script<Step<In>>): Promise<Subject<Step<In>>> {
    const sleeps = script.filter(({ sleeps }) => sleeps).length
    const next = await this.instances(1 + sleeps)
    return new FlowSubject(Probe.flow(next).unbounded())
  }

  describe(step: Step<In>): string {
    return "send" in step ? `send ${show(step.send)}` : `advance ${show(step.advance)}`
  }

  /** Returns a function that makes up to `count` flows, one after the other, each from its own import of the module. */
  private async instances(count: number): Promise<() => Flow<In, Out>> {
    const { load } = this
    if (!load) return () => this.make(undefined as Module)
    const modules = await Promise.all(Array.from({ length: count }, () => load(`${this.id}-${++this.version}`)))
    return () => this.make(modules.shift() as Module)
  }
}

class FlowSubject<In, Out> implements Subject<Step<In>> {
  /** The elements of the output, as text. */
  private readonly shown: string[] = []
  private failure: string | undefined

  constructor(private readonly probe: Probe<In, Out>) {}

  take(step: Step<In>): void {
    if (this.failure) return
    if ("advance" in step) this.probe.advance(toMilliseconds(step.advance))
    else if (this.probe.demand) this.probe.send(copyOf(step.send))
  }

  sleep(): void {
    this.rest()
    if (this.failure) return
    try {
      this.probe.hibernate()
    } catch (error) {
      this.failure = `cannot be restored: ${error instanceof Error ? error.message : String(error)}`
    }
  }

  rest(): void {
    this.probe.clock.stall(1)
  }

  seen(): readonly string[] {
    const { received, ended, cancelled } = this.probe
    for (const element of received.slice(this.shown.length)) this.shown.push(show(element))
    const seen = [...this.shown]
    if (ended === "completed") seen.push("completes")
    else if (ended) seen.push(`fails with ${show(ended.failed)}`)
    if (cancelled) seen.push("takes no more input")
    if (this.failure) seen.push(this.failure)
    return seen
  }
}

/** Copies a message, because in a connection each message is decoded anew, and no two runs share it. */
function copyOf<T>(value: T): T {
  return typeof value === "object" ? structuredClone(value) : value
}

function checkedDuration(duration: Duration): Duration {
  toMilliseconds(duration, 0, "expectTransparent: advance")
  return duration
}

function sends<In>(input: TransparencyOptions<In>["input"]): readonly Step<In>[] | Arbitrary<Step<In>> {
  if (input === undefined) return ["a", "b"].map((send) => ({ send: send as In }))
  if (Array.isArray(input)) return input.map((send: In) => ({ send }))
  return mapped(input as Arbitrary<In>)
}

/** The steps of an arbitrary of fast-check, which has a `map`. */
function mapped<In>(input: Arbitrary<In> & { map?: Mapping<In> }): Arbitrary<Step<In>> {
  if (typeof input.map === "function") return input.map((send) => ({ send }))
  throw new TypeError("expectTransparent: input is neither an array of values nor an arbitrary of fast-check")
}

type Mapping<In> = (f: (send: In) => Step<In>) => Arbitrary<Step<In>>
