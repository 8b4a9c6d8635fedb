/** Whether two values that structured clone keeps are the same. Of what is not plain none is taken to be like the other. */
export function isSame(a: unknown, b: unknown): boolean {
  if (!isObject(a) || !isObject(b)) return Object.is(a, b)
  const prototype = Object.getPrototypeOf(a)
  if ((prototype !== Object.prototype && prototype !== Array.prototype) || prototype !== Object.getPrototypeOf(b))
    return false
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every((key) => key in b && isSame(a[key], b[key]))
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null
}
