import { Client, textFrame } from "./client.ts"
import { during, message, sleep } from "./load.ts"
import { cpuTime, residentMemory, type Sample, watchMachine } from "./machine.ts"
import { Workerd } from "./workerd.ts"

export interface Room {
  worker: string
  path: string
  members: number
  seconds: number
}

/** Microseconds of workerd's CPU for each member that a message reaches. */
export async function cpuPerDelivery({ worker, path, members, seconds }: Room): Promise<Sample> {
  const server = await Workerd.start(worker)
  const clients = await Client.openAll(members, server.port, path)
  const frame = textFrame(message)
  const [sender] = clients
  let [delivered, due] = [0, 0]
  const say = () => {
    due += members
    sender?.send(frame)
  }
  const onMessages = (count: number) => {
    delivered += count
    // While one message is delivered, another is always on its way.
    while (due - delivered <= members) say()
  }
  for (const client of clients) client.onMessages = onMessages
  say()
  say()
  const sample = await during(server, seconds, () => delivered)
  for (const client of clients) client.destroy()
  await server.stop()
  return sample
}

/** KiB in RAM for each socket of an idle object. */
export async function memoryPerSocket(worker: string, path: string, sockets: number): Promise<Sample> {
  const server = await Workerd.start(worker)
  // The first sockets also load code, which must not count.
  const first = await Client.openAll(10, server.port, path)
  await sleep(300)
  const before = residentMemory(server.pid)
  const clients = await Client.openAll(sockets, server.port, path)
  await sleep(1000)
  const value = (residentMemory(server.pid) - before) / sockets
  for (const client of [...first, ...clients]) client.destroy()
  await server.stop()
  return { value, foreign: 0 }
}

/** Objects hibernate after ten idle seconds. */
const untilEvicted = 11_500

export interface Awakening {
  worker: string
  path: string
  sockets: number
  /** How many clients get an answer. */
  answers: number
}

/** Milliseconds from a message to its answer, or until all clients have it, after the object was evicted. */
export async function firstReply({ worker, path, sockets, answers }: Awakening): Promise<Sample> {
  const server = await Workerd.start(worker)
  const clients = await Client.openAll(sockets, server.port, path)
  await sleep(untilEvicted)
  const before = await instances(server)
  const foreign = watchMachine(() => cpuTime(server.pid))
  const value = await reply(clients, answers)
  const used = foreign()
  // Linux counts in ticks of 10 ms, so fewer than two ticks cannot be attributed to a process.
  const sample = { value, foreign: used * value < 20 ? 0 : used }
  if ((await instances(server)) !== before + 1) throw new Error(`The object of ${worker} was not evicted`)
  for (const client of clients) client.destroy()
  await server.stop()
  return sample
}

function reply(clients: Client[], answers: number): Promise<number> {
  return new Promise((resolve) => {
    const began = performance.now()
    let answered = 0
    for (const client of clients) {
      client.onMessages = (count) => {
        answered += count
        if (answered === answers) resolve(performance.now() - began)
      }
    }
    clients[0]?.send(textFrame(message))
  })
}

async function instances(server: Workerd): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${server.port}/instances`)
  return Number(await response.text())
}

/** Milliseconds from the start of the process to the first response. */
export async function startUp(worker: string): Promise<Sample> {
  const began = performance.now()
  const server = await Workerd.start(worker)
  await (await fetch(`http://127.0.0.1:${server.port}/`)).text()
  const value = performance.now() - began
  await server.stop()
  return { value, foreign: 0 }
}

export interface Burst {
  worker: string
  path: string
  messages: number
  subprotocol?: string
}

const members = 1000
const senders = 20
const patience = 300_000

/** Deliveries in a second of workerd's CPU, if 20 of 1,000 members send all their messages at once. */
export async function deliveriesPerSecond({ worker, path, messages, subprotocol }: Burst): Promise<Sample> {
  const server = await Workerd.start(worker)
  const clients = await Client.openAll(members, server.port, path, subprotocol)
  const frame = textFrame(message)
  const said = Buffer.concat(Array.from({ length: messages / senders }, () => frame))
  const cpu = () => cpuTime(server.pid)
  let delivered = 0
  const due = messages * members
  const all = new Promise<void>((resolve, reject) => {
    setTimeout(() => reject(new Error(`${due - delivered} of ${due} were not delivered`)), patience).unref()
    for (const client of clients) {
      // A batch is a JSON array of messages: quotes and a comma around each, and the brackets.
      if (subprotocol) client.messagesIn = (size) => (size - 1) / (message.length + 3)
      client.onMessages = (count) => {
        delivered += count
        if (delivered === due) resolve()
      }
    }
  })
  const [before, foreign] = [cpu(), watchMachine(cpu)]
  for (const client of clients.slice(0, senders)) client.send(said)
  await all
  const sample = { value: (due * 1000) / (cpu() - before), foreign: foreign() }
  for (const client of clients) client.destroy()
  await server.stop()
  return sample
}
