import { ScriptedObject as Scripted } from "../scripted-object.ts"

/**
 * A client's answer to a close is left out: the time of its arrival is not known, and every event of an object fires the timers that
 * are due by then. The runtime reports whether a close was clean; the closes of the test do not.
 */
export class ScriptedObject extends Scripted {
  override webSocketClose(...close: Parameters<Scripted["webSocketClose"]>): void {
    if (close.length < 4) super.webSocketClose(...close)
  }
}

export default { fetch: () => new Response("Objects only", { status: 404 }) }
