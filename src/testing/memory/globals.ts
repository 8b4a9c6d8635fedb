import { MemoryPair } from "./memory-socket.ts"

/** Defines the globals of the runtime that Node lacks, at the first `MemoryObject`. */
export function provideGlobals(): void {
  const { WebSocketPair } = globalThis as { WebSocketPair?: unknown }
  if (WebSocketPair) return
  const missing = { WebSocketPair: MemoryPair, Response: upgradable(Response), WebSocketRequestResponsePair: TextPair }
  for (const [name, value] of Object.entries(missing)) {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true })
  }
}

class TextPair {
  constructor(
    readonly request: string,
    readonly response: string,
  ) {}
}

/** A `Response` class that also accepts the status 101 of an upgrade, which Node refuses. */
function upgradable(Base: typeof Response): typeof Response {
  return new Proxy(Base, {
    construct(type, [body, init], newTarget) {
      if (init?.status !== 101) return Reflect.construct(type, [body, init], newTarget)
      const response = Reflect.construct(type, [null, { ...init, status: 200 }], newTarget)
      return Object.defineProperties(response, {
        status: { value: 101 },
        ok: { value: false },
        webSocket: { value: init.webSocket ?? null },
      })
    },
  })
}
