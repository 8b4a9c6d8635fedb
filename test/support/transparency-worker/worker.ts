import { ScriptedObject as Scripted } from "../scripted-object.ts"

/**
 * A client's answer to a close is left out: when it comes in is not known, and with every event an object does what is due by
 * then. The runtime says of a close whether it was clean; the closes that the test hands over do not.
 */
export class ScriptedObject extends Scripted {
  override webSocketClose(...close: Parameters<Scripted["webSocketClose"]>): void {
    if (close.length < 4) super.webSocketClose(...close)
  }
}

export default { fetch: () => new Response("Objects only", { status: 404 }) }
