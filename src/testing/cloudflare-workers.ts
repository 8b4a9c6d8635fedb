/** Replaces `cloudflare:workers` in Node, which has no such module. Point a test runner's alias for that module here. */
export class DurableObject {
  constructor(
    protected readonly ctx: unknown,
    protected readonly env: unknown,
  ) {}
}

/** Does nothing, because in Node a promise settles without it. */
export function waitUntil(): void {}

/** Has no bindings: pass those of an object to `new MemoryObject(type, { env })`. */
export const env = {}
