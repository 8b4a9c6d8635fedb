/** Stands in for `cloudflare:workers` in Node, where there is none. Point a test runner's alias for that module here. */
export class DurableObject {
  constructor(
    protected readonly ctx: unknown,
    protected readonly env: unknown,
  ) {}
}

/** Does nothing: what is waited for goes on by itself. */
export function waitUntil(): void {}

/** The bindings, of which there are none: give those of an object to `new MemoryObject(type, { env })`. */
export const env = {}
