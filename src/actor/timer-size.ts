/** The size in bytes up to which a message is stored together with others. */
const mostBytes = 1024

/** Whether a message is small enough to be stored in one row with others. It is an estimate, and reads about as many bytes at most. */
export function isSmall(message: unknown): boolean {
  let room = mostBytes
  const pending = [message]
  while (pending.length > 0) {
    const value = pending.pop()
    const parts = partsOf(value)
    room -= parts ? 8 + 8 * parts.length : sizeOf(value)
    if (room < 0) return false
    if (parts) pending.push(...parts)
  }
  return true
}

/** The size of a value without parts; `Infinity` for one that cannot be estimated, such as an error. */
function sizeOf(value: unknown): number {
  if (typeof value === "string") return 2 * value.length
  if (typeof value === "bigint") return Infinity
  if (typeof value !== "object" || value === null || value instanceof Date) return 8
  return ArrayBuffer.isView(value) || value instanceof ArrayBuffer ? value.byteLength : Infinity
}

/** The values in a container; `undefined` for any other value. */
function partsOf(value: unknown): readonly unknown[] | undefined {
  if (typeof value !== "object" || value === null) return undefined
  if (Array.isArray(value)) return value.length > mostBytes ? undefined : value
  if (value instanceof Map || value instanceof Set) return value.size > mostBytes ? undefined : [...value].flat()
  const isPlain = Object.prototype.toString.call(value) === "[object Object]"
  return isPlain ? Object.entries(value).flat() : undefined
}
