/**
 * Replaces `cloudflare:workers` in Node, which has no such module. Point a test runner's alias for that module here. It has all that a
 * module of a Worker imports. An export that only the runtime can provide throws an error that names the remedy.
 */

/** A class whose instances the runtime makes. */
class Entry {
  constructor(
    protected readonly ctx: unknown,
    protected readonly env: unknown,
  ) {}
}

export class DurableObject extends Entry {}
export class WorkerEntrypoint extends Entry {}
export class WorkflowEntrypoint extends Entry {}
export class RpcTarget {}

export class RpcStub {
  constructor() {
    throw missing("RpcStub", "use the target itself")
  }
}

/** Does nothing, because in Node a promise settles without it. */
export function waitUntil(): void {}

/** Has the bindings that a test assigns. Those of an object are the `env` of `new MemoryObject(type, { env })`. */
export const env = {}
export const exports = assignable("exports")
export const cache = assignable("cache")
export const tracing = assignable("tracing")

export function withEnv(): never {
  throw missing("withEnv", "Object.assign(env, { … })")
}

export function withExports(): never {
  throw missing("withExports", "Object.assign(exports, { … })")
}

export function withEnvAndExports(): never {
  throw missing("withEnvAndExports", "Object.assign(env, { … })")
}

/** An object that has what a test assigns, and throws for anything else. */
function assignable(name: string): object {
  return new Proxy(
    {},
    {
      get(assigned, key) {
        if (typeof key === "symbol" || key in assigned) return Reflect.get(assigned, key)
        throw missing(`${name}.${key}`, `Object.assign(${name}, { ${key}: … })`)
      },
    },
  )
}

function missing(name: string, remedy: string): Error {
  return new Error(`cloudflare:workers has no ${name} in Node: ${remedy}, or test in workerd`)
}
