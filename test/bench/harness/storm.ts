import { Client, textFrame } from "./client.ts"
import { message, sleep } from "./load.ts"
import { cpuTime, highestMemory, type Sample, watchMachine } from "./machine.ts"
import { Workerd } from "./workerd.ts"

export interface Storm {
  worker: string
  path: string
  sockets: number
  /** How many messages are sent while all clients are disconnected. 0: their connections are not resumed. */
  missed: number
}

/** After this time the object has noticed that its sockets are lost. */
const untilNoticed = 5_000

/** Counts the messages of a session's frames. The first is the welcome; in the others each message has quotes and a comma. */
function sessionCounter(): (size: number) => number {
  let frames = 0
  return (size) => (frames++ === 0 ? 0 : Math.floor(size / (message.length + 3)))
}

/** Milliseconds until all clients that were lost at once have reconnected, and have received their missed messages. */
export async function comeBack(about: Storm): Promise<Sample> {
  return (await storm(about)).milliseconds
}

/** The most MiB that the process has had in RAM, from the first client until all have reconnected. */
export async function memoryOfStorm(about: Storm): Promise<Sample> {
  return { value: (await storm(about)).highest / 1024, foreign: 0 }
}

async function storm({ worker, path, sockets, missed }: Storm): Promise<{ milliseconds: Sample; highest: number }> {
  const server = await Workerd.start(worker)
  const subprotocol = missed > 0 ? "sluice.1" : undefined
  const clients = await Client.openAll(sockets, server.port, path, subprotocol)
  const speaker = await Client.open(server.port, path)
  await sleep(1_000)
  for (const client of clients) client.destroy()
  await sleep(untilNoticed)
  for (let said = 0; said < missed; said++) speaker.send(textFrame(message))
  await sleep(1_000)
  const foreign = watchMachine(() => cpuTime(server.pid))
  const began = performance.now()
  const offers = clients.map(({ first }) => (missed > 0 ? `sluice.1, sluice.at.${sessionOf(first)}.0` : undefined))
  const back = await all(offers, server.port, path, missed)
  const milliseconds = { value: performance.now() - began, foreign: foreign() }
  const highest = highestMemory(server.pid)
  for (const client of [...back, speaker]) client.destroy()
  await server.stop()
  return { milliseconds, highest }
}

/** Fifty connect at a time. Resolves when each has as many messages as it has missed. */
async function all(offers: (string | undefined)[], port: number, path: string, missed: number): Promise<Client[]> {
  const back: Client[] = []
  const complete: Promise<void>[] = []
  const next = offers.values()
  const connect = async () => {
    for (const offer of next) {
      const client = await Client.open(port, path, offer, sessionCounter())
      back.push(client)
      if (missed > 0) complete.push(received(client, missed))
    }
  }
  await Promise.all(Array.from({ length: 50 }, connect))
  await Promise.all(complete)
  return back
}

function received(client: Client, count: number): Promise<void> {
  let got = 0
  return new Promise((resolve) => {
    client.onMessages = (more) => {
      got += more
      if (got >= count) resolve()
    }
  })
}

/** `[["hi", session, …]]` */
function sessionOf(welcome: string): string {
  return JSON.parse(welcome)[0][1]
}
