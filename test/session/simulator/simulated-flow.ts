/** The state of a flow between two events. */
export interface FlowState {
  /** Messages that have come and wait for the flow. */
  inbox: string[]
  /** The output that waits until the client has acknowledged earlier messages. */
  blocked: string[]
  handled: number
  /** The number of the hub's next element. A flow that has caught up does not keep it. */
  position?: number
  /** The code to close with when all is emitted. */
  code?: number
}

export const newFlow = (): FlowState => ({ inbox: [], blocked: [], handled: 0 })

/** The flow handles a message: it emits a message for each command word, with a random number that a second run would not repeat. */
export function handle(flow: FlowState, message: string, random: () => number): void {
  flow.handled++
  const emit = (text: string) => flow.blocked.push(`${flow.handled}:${text}:${random()}`)
  if (message.includes("one")) emit("one")
  if (message.includes("three")) for (const text of ["a", "b", "c"]) emit(text)
  if (message.includes("big")) emit("big".repeat(30))
  if (message.includes("bye")) {
    emit("bye")
    flow.code = 4000
  }
}
