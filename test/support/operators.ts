import fc from "fast-check"
import { Flow } from "../../src/stream/flow.ts"
import { RestartFlow } from "../../src/stream/restart-flow.ts"
import { elementOperators } from "./element-operators.ts"
import { count, digest, eager, isOdd, type Numbers, type Step, step, taken } from "./operator-step.ts"
import {
  type Branches,
  backoff,
  branches,
  type Plan,
  restarts,
  type Sinks,
  type Sources,
  sinks,
  sources,
} from "./plans.ts"

export type { Numbers, Step }

/** Every operator of a flow, without those that wait for a promise. */
export function table(sources: Sources, sinks: Sinks, flows: fc.Arbitrary<Plan<Numbers>>) {
  const branch: Branches = branches(flows, sinks)
  return {
    ...elementOperators,
    concat: step([sources], (flow, environment, source) => flow.concat(source.make(environment))),
    prepend: step([sources], (flow, environment, source) => flow.prepend(source.make(environment))),
    orElse: step([sources], (flow, environment, source) => flow.orElse(source.make(environment))),
    merge: step([sources, eager], (flow, environment, source, eagerComplete) =>
      flow.merge(source.make(environment), { eagerComplete }),
    ),
    mergePreferred: step([sources, eager, eager], (flow, environment, source, preferSource, eagerComplete) =>
      flow.mergePreferred(source.make(environment), { preferSource, eagerComplete }),
    ),
    mergeLatest: step([sources, eager], (flow, environment, source, eagerComplete) =>
      flow.mergeLatest(source.make(environment), { eagerComplete }).map(taken),
    ),
    mergePrioritized: step([sources, count, count, eager], (flow, environment, source, mine, its, eagerComplete) =>
      flow.mergePrioritized(source.make(environment), mine, its, { eagerComplete }),
    ),
    interleave: step([sources, count, eager], (flow, environment, source, segment, eagerComplete) =>
      flow.interleave(source.make(environment), segment, { eagerComplete }),
    ),
    zip: step([sources], (flow, environment, source) => flow.zip(source.make(environment)).map(taken)),
    zipLatest: step([sources], (flow, environment, source) => flow.zipLatest(source.make(environment)).map(taken)),
    killSwitch: step([sources], (flow, environment, source) =>
      flow.killSwitch(source.make(environment).initialDelay(25)),
    ),
    flatMapConcat: step([sources], (flow, environment, source) =>
      flow.flatMapConcat((n) => source.make(environment).map((inner) => digest([n, inner]))),
    ),
    flatMapMerge: step([count, sources], (flow, environment, breadth, source) =>
      flow.flatMapMerge(breadth, (n) => source.make(environment).map((inner) => digest([n, inner]))),
    ),
    switchMap: step([sources], (flow, environment, source) =>
      flow.switchMap((n) => source.make(environment).map((inner) => digest([n, inner]))),
    ),
    flatMapPrefix: step([fc.integer({ min: 0, max: 3 }), flows, sources], (flow, environment, count, inner, source) =>
      flow.flatMapPrefix(count, (prefix, tail) =>
        tail
          .via(inner.make(environment))
          .merge(source.make(environment))
          .map((n) => digest([n, ...prefix])),
      ),
    ),
    groupBy: step(
      [fc.integer({ min: 1, max: 6 }), flows, sources, eager],
      (flow, environment, max, inner, source, reopens) =>
        flow.groupBy(
          max,
          (n) => n % 5,
          (substream, key) =>
            substream
              .via(inner.make(environment))
              .merge(source.make(environment))
              .map((n) => digest([n, key])),
          { allowClosedSubstreamRecreation: reopens },
        ),
    ),
    splitWhen: step([flows, sources], (flow, environment, inner, source) =>
      flow.splitWhen(isOdd, (substream) => substream.via(inner.make(environment)).merge(source.make(environment))),
    ),
    splitAfter: step([flows, sources], (flow, environment, inner, source) =>
      flow.splitAfter(isOdd, (substream) => substream.via(inner.make(environment)).merge(source.make(environment))),
    ),
    alsoTo: step([sinks], (flow, environment, sink) => flow.alsoTo(sink.make(environment))),
    divertTo: step([sinks], (flow, environment, sink) => flow.divertTo(sink.make(environment), isOdd)),
    wireTap: step([sinks], (flow, environment, sink) => flow.wireTap(sink.make(environment))),
    broadcast: step([flows, branch], (flow, environment, first, second) =>
      flow.broadcast<number>((all) => all.via(first.make(environment)), second.make(environment)),
    ),
    partition: step([branch, flows], (flow, environment, first, second) =>
      flow.partition<number>((n) => (isOdd(n) ? 1 : 0), first.make(environment), second.make(environment)),
    ),
    balance: step([flows, branch], (flow, environment, first, second) =>
      flow.balance<number>(first.make(environment), second.make(environment)),
    ),
    recover: step([eager], (flow, environment, handled) =>
      flow.recover((error) => {
        environment.note("recover", error)
        return handled ? 100 : undefined
      }),
    ),
    recoverWith: step([sources, fc.integer({ min: 0, max: 2 })], (flow, environment, source, attempts) =>
      flow.recoverWith((error) => source.make(environment).map((n) => n + String(error).length), { attempts }),
    ),
    mapError: step([], (flow) => flow.mapError((error) => new TypeError(`mapped ${String(error)}`))),
    onTermination: step([], (flow, environment) =>
      flow.onTermination((termination) => environment.note("over", termination)),
    ),
    monitor: step([fc.constantFrom(7, -1)], (flow, environment, bad) =>
      flow.monitor((state) => {
        environment.note("monitor", state)
        if (state.type === "received" && state.element === bad) throw new RangeError(`monitor: ${bad}`)
      }),
    ),
    log: step([], (flow, environment) => flow.log("log", (...line) => environment.note(...line))),
    via: step([flows, restarts], (flow, environment, other, restarts) =>
      flow.via(restarts ? RestartFlow[restarts](backoff, () => other.make(environment)) : other.make(environment)),
    ),
  }
}

/** The operators with random arguments; sources and branches in them are flows of operators again, `depth` deep. */
export function steps(depth: number): Record<keyof ReturnType<typeof table>, fc.Arbitrary<Step>> {
  const inner = depth > 0 ? fc.oneof(...Object.values(steps(depth - 1))) : fc.constant(identity)
  const flows = fc.oneof({ weight: 1, arbitrary: fc.constant(identity) }, { weight: 3, arbitrary: inner })
  const operators = table(sources(flows), sinks(flows), flows)
  const named = Object.entries(operators).map(([name, operator]) => [name, operator(name)])
  return Object.fromEntries(named)
}

export const identity: Step = { text: "of()", apply: (flow) => flow, make: () => Flow.of<number>() }
