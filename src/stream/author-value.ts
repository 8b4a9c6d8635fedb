/** The longest preview of a value in a message, in characters. */
const maxPreview = 40

/**
 * Describes a value in a few words, for the message of an error: `a number (7)`, `a promise`, `undefined`, `an instance of Foo`,
 * `a function`, `"text…"`. Never throws, never shows more than 40 characters of the value, and is always one line.
 */
export function describeValue(value: unknown): string {
  try {
    return describe(value)
  } catch {
    // A proxy or a getter has thrown.
    return `a value of type ${typeof value}`
  }
}

/**
 * The error for a value from the author that does not fit.
 *
 * @param expectation the rule and the subject, up to the value: `text sends strings, and the flow emitted`
 * @param remedy the correction: `map it with String, or use json()`
 */
export function wrongValue(expectation: string, value: unknown, remedy: string): TypeError {
  return new TypeError(`${expectation} ${describeValue(value)}: ${remedy}`)
}

/**
 * Throws a `TypeError` for a name that `known` does not have, unless its value is `undefined`: a misspelled option would have no effect.
 *
 * @param kind the kind of names, for the error: `limit`
 * @param known an object with each name that there is; only its keys count
 */
export function checkNames<Options extends object>(kind: string, given: Options, known: Known<Options>): void {
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || Object.hasOwn(known, name)) continue
    const names = Object.keys(known)
    throw new TypeError(`There is no ${kind} "${name}": there ${names.length > 1 ? "are" : "is"} ${names.join(", ")}`)
  }
}

/** Every name of an author's options, the optional ones too. */
type Known<Options> = { readonly [Name in keyof Options]-?: unknown }

/** Whether a value has a `then` method, like the promises of all libraries. */
export function isPromise(value: unknown): value is PromiseLike<unknown> {
  return isObject(value) && "then" in value && typeof value.then === "function"
}

export function isObject(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function"
}

function describe(value: unknown): string {
  switch (typeof value) {
    case "string":
      return JSON.stringify(cut(value))
    case "number":
      return `a number (${Object.is(value, -0) ? "-0" : value})`
    case "undefined":
      return "undefined"
    case "function":
      return isClass(value) ? `the class ${oneLine(value.name) || "without a name"}` : "a function"
    case "object":
      return value === null ? "null" : describeObject(value)
    default:
      return `a ${typeof value} (${oneLine(String(value))})`
  }
}

function describeObject(value: object): string {
  if (isPromise(value)) return "a promise"
  if (Array.isArray(value)) return `an array of ${value.length}`
  const prototype = Object.getPrototypeOf(value)
  if (prototype === null || Object.getPrototypeOf(prototype) === null) {
    const keys = Object.keys(value).slice(0, maxPreview)
    return keys.length === 0 ? "an empty object" : `an object (${oneLine(keys.join(", "))})`
  }
  return `an instance of ${oneLine(nameOf(value))}`
}

/** Prefers the tag, because class names may be minified. */
function nameOf(value: object): string {
  const names: unknown[] = [Reflect.get(value, Symbol.toStringTag), value.constructor?.name]
  const name = names.find((name) => typeof name === "string" && name !== "")
  return typeof name === "string" ? name : "a class without a name"
}

function isClass(value: object): boolean {
  return Function.prototype.toString.call(value).startsWith("class")
}

/** The beginning of a text, cut between code points. */
function cut(text: string): string {
  const characters = Array.from(text.slice(0, 2 * maxPreview + 2))
  return characters.length > maxPreview ? `${characters.slice(0, maxPreview).join("")}…` : text
}

function oneLine(text: string): string {
  return cut(text).replace(/\s+/g, " ")
}
