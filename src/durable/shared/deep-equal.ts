/** Whether two values that structured clone takes are equal. Anything but plain objects and arrays is compared by identity. */
export function isDeepEqual(a: unknown, b: unknown): boolean {
  if (!isObject(a) || !isObject(b)) return Object.is(a, b)
  const prototype = Object.getPrototypeOf(a)
  if ((prototype !== Object.prototype && prototype !== Array.prototype) || prototype !== Object.getPrototypeOf(b))
    return false
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every((key) => key in b && isDeepEqual(a[key], b[key]))
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null
}
