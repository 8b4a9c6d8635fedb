import { isPromise, wrongValue } from "./author-value.ts"
import { placeOf, type Stage } from "./engine/stage.ts"

/** A requirement for a value from the author: a test, and the correction for the error. */
export interface Requirement {
  has(value: unknown): boolean
  readonly write: string
}

/** Compares the tag and not the class, so that blueprints of another copy of the package are accepted too. */
function blueprint(name: string, write: string): Requirement {
  const has = (value: unknown) =>
    typeof value === "object" && value !== null && Symbol.toStringTag in value && value[Symbol.toStringTag] === name
  return { has, write }
}

export const aFlow = blueprint("Flow", "a flow, such as Flow.of()")
export const aSource = blueprint("Source", "a source, such as Source.single(element)")
export const aSink = blueprint("Sink", "a sink, such as Sink.ignore()")
export const aFlowOrSink: Requirement = {
  has: (value) => aFlow.has(value) || aSink.has(value),
  write: "a flow, or a sink",
}
export const aFunction: Requirement = { has: (value) => typeof value === "function", write: "a function" }
export const anArray: Requirement = { has: Array.isArray, write: "an array" }
export const someSinks: Requirement = {
  has: (value) => Array.isArray(value) && value.length > 0,
  write: "an array of at least one sink",
}
export const aPair: Requirement = { has: isPair, write: "a pair, [state, element]" }
export const anIteratorResult: Requirement = {
  has: (value) => typeof value === "object" && value !== null,
  write: "an object with done and value",
}
export const anIterable = iterable(Symbol.iterator, "an iterable, such as an array")
export const anAsyncIterable = iterable(
  Symbol.asyncIterator,
  "an async iterable, such as an async generator or serverSentEvents(response)",
)
/** A promise is truthy, so an asynchronous predicate would accept every element. */
const truth: Requirement = { has: (value) => !isPromise(value), write: "true or false" }
/** Code after an `await` would run outside the event, and its errors would be lost. */
export const nothingAwaited: Requirement = { has: (value) => !isPromise(value), write: "nothing" }
/** The next value of a state. */
export const aValue: Requirement = { has: (value) => !isPromise(value), write: "a value that is there" }

function iterable(key: symbol, write: string): Requirement {
  const has = (value: unknown) =>
    typeof value === "string"
      ? key === Symbol.iterator
      : typeof value === "object" && value !== null && typeof Reflect.get(value, key) === "function"
  return { has, write }
}

/** Checks an argument when the flow is made. `what` is the operator and the argument, such as `merge: source`. */
export function checkArgument(what: string, value: unknown, kind: Requirement): void {
  if (!kind.has(value)) throw wrongValue(`${what} is`, value, `write ${kind.write}`)
}

/** Checks a blueprint and returns its steps. */
export function chainOf<Chain>(what: string, given: { readonly chain: Chain }, kind: Requirement): Chain {
  checkArgument(what, given, kind)
  return given.chain
}

/** Checks the functions of an operator, by argument name. */
export function checkFunctions(operator: string, functions: Readonly<Record<string, unknown>>): void {
  for (const argument of Object.keys(functions)) {
    checkArgument(`${operator}: ${argument}`, functions[argument], aFunction)
  }
}

/** Checks a value returned by an author's function while the flow runs. `f` is the name of the argument. */
export function checkReturned(stage: Stage, f: string, value: unknown, kind: Requirement): void {
  if (!kind.has(value)) throw wrongReturn(stage, f, value, kind.write)
}

export function isPair(value: unknown): boolean {
  return Array.isArray(value) && value.length === 2
}

/** Whether a value survives hibernation unchanged: objects come back as copies, and symbols cannot be saved. */
export function isPrimitive(value: unknown): boolean {
  return typeof value === "object" ? value === null : typeof value !== "function" && typeof value !== "symbol"
}

/** The result of an author's cost function. */
export function readCost(stage: Stage, cost: unknown): number {
  if (typeof cost === "number" && cost >= 0 && cost < Infinity) return cost
  throw wrongReturn(stage, "cost", cost, "a number of at least 0")
}

/** The result of an author's predicate. */
export function readPredicate(stage: Stage, f: string, value: unknown): boolean {
  if (typeof value === "object") checkReturned(stage, f, value, truth)
  return Boolean(value)
}

/** The error for a value returned by an author's function: the place, the value, and the correction. */
export function wrongReturn(stage: Stage, f: string, value: unknown, instead: string): TypeError {
  const awaited = isPromise(value) ? "; what takes time belongs in a mapAsync before it" : ""
  return wrongValue(`${placeOf(stage)}: ${f} returned`, value, `return ${instead}${awaited}`)
}
