import { CloseCode, CloseError } from "./close.ts"
import type { Data } from "./codec.ts"

/** `T` where JSON gives it back as it was, and `never` in the place of what it does not: a Date, a Map, a function. */
export type Json<T> = T extends string | number | boolean | null | undefined
  ? T
  : T extends
        | bigint
        | symbol
        | Date
        | ReadonlyMap<unknown, unknown>
        | ReadonlySet<unknown>
        | ((...args: never[]) => unknown)
    ? never
    : { [Key in keyof T]: Json<T[Key]> }

/** What JSON can say. */
export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue }

/**
 * The value in a frame; 1003 for what is not JSON or is nested deeper than `maxDepth`. A byte order mark is not JSON, in text and in
 * bytes alike: RFC 8259 §8.1 forbids a sender to add one, and `JSON.parse` refuses it.
 */
export function parseJson(data: Data, maxDepth: number): JsonValue {
  const value = parse(data)
  // Every level takes two characters, so most messages need no look.
  if (data.length > 2 * maxDepth && isDeeper(value, maxDepth)) {
    throw new CloseError(CloseCode.unsupportedData, `A json message may be nested ${maxDepth} deep`)
  }
  return value
}

function parse(data: Data): JsonValue {
  try {
    if (typeof data === "string") return JSON.parse(data)
    return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data))
  } catch {
    throw new CloseError(CloseCode.unsupportedData, "Unable to parse json message")
  }
}

/** Whether lists and objects are nested more than `levels` deep. One level after the other: no depth is too much for the stack. */
function isDeeper(value: JsonValue, levels: number): boolean {
  let level = [value].filter(isNested)
  for (let depth = 0; level.length > 0; depth++) {
    if (depth === levels) return true
    const next: Nested[] = []
    for (const nested of level) {
      const parts = Array.isArray(nested) ? nested : Object.values(nested)
      for (const part of parts) if (isNested(part)) next.push(part)
    }
    level = next
  }
  return false
}

type Nested = JsonValue[] | { [key: string]: JsonValue }

function isNested(value: JsonValue): value is Nested {
  return typeof value === "object" && value !== null
}
