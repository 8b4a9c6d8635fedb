import { CloseCode, CloseError } from "./close.ts"
import type { Data } from "./codec.ts"

/** `T`, with `never` in place of values that JSON does not give back as they were: a Date, a Map, a function. */
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

/** A value that JSON can express. */
export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue }

/**
 * The value in a frame; a `CloseError` with 1003 if it is not JSON (RFC 8259) or is nested deeper than `maxDepth`. A byte order mark
 * is refused in text and in bytes: RFC 8259 §8.1 forbids a sender to add one.
 */
export function parseJson(data: Data, maxDepth: number): JsonValue {
  const value = parse(data)
  // Every level takes two characters, so most messages need no check.
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

/** Whether lists and objects are nested more than `levels` deep. Iterates by level, so that no depth overflows the stack. */
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
