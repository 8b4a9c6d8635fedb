/** A key in a JSON Pointer (RFC 6901), which is part of a URL. */
export function escaped(key: string): string {
  return encodeURIComponent(key.replaceAll("~", "~0").replaceAll("/", "~1"))
}

/** The name, or the first of `name-2`, `name-3` and so on that is not taken. */
export function freeName(name: string, isTaken: (name: string) => boolean): string {
  for (let number = 1; ; number++) {
    const free = number === 1 ? name : `${name}-${number}`
    if (!isTaken(free)) return free
  }
}

/** Well-formed names, all of them different. */
export function distinctNames(names: readonly string[]): string[] {
  const taken = new Set<string>()
  for (const name of names) taken.add(freeName(name.toWellFormed(), (free) => taken.has(free)))
  return [...taken]
}
