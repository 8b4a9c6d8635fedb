import { Client, textFrame } from "./client.ts"
import { cpuTime, type Sample, watchMachine } from "./machine.ts"
import { Workerd } from "./workerd.ts"

/** A text of 16 bytes, as in all rows. */
export const message = "abcdefghijklmnop"

export interface Load {
  worker: string
  path: string
  message?: string
  seconds: number
  connections?: number
  /** How many messages of a connection are unanswered at a time. */
  window?: number
  /** Whether the clients use `sluice.1`, and acknowledge with each message. */
  hasSession?: boolean
}

/** The header is the number of received messages. */
const sessionFrame = (received: number, message: string) => textFrame(JSON.stringify([received, message]))

/** Microseconds of workerd's CPU for a message that is answered with one. */
export async function cpuPerMessage(load: Load): Promise<Sample> {
  const { worker, path, seconds, connections = 10, window = 16, hasSession = false } = load
  const server = await Workerd.start(worker)
  const frame = textFrame(load.message ?? message)
  let answered = 0
  const clients = await Client.openAll(connections, server.port, path, hasSession ? "sluice.1" : undefined)
  for (const client of clients) {
    let received = 0
    const send = (count: number) => {
      for (let index = 0; index < count; index++) client.send(hasSession ? sessionFrame(received, message) : frame)
    }
    const begin = () => {
      client.onMessages = (count) => {
        received += count
        answered += count
        send(count)
      }
      send(window)
    }
    // The first frame of a session is its welcome.
    if (hasSession) client.onMessages = begin
    else begin()
  }
  const { value, foreign } = await during(server, seconds, () => answered)
  for (const client of clients) client.destroy()
  await server.stop()
  return { value, foreign }
}

/** After a shorter time a part of the measured CPU is that of V8's compilers. */
const warmUp = 3000

/** Microseconds of workerd's CPU for one counted event, once it is warm. */
export async function during(server: Workerd, seconds: number, counted: () => number): Promise<Sample> {
  await sleep(warmUp)
  const cpu = () => cpuTime(server.pid)
  const [cpuBefore, before, foreign] = [cpu(), counted(), watchMachine(cpu)]
  await sleep(seconds * 1000)
  return { value: ((cpu() - cpuBefore) * 1000) / (counted() - before), foreign: foreign() }
}

export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
