import { randomUUID } from "node:crypto"
import { setTimeout as sleep } from "node:timers/promises"
import { pinSelf } from "../bench/harness/machine.ts"
import { Workerd } from "../bench/harness/workerd.ts"
import { Histogram } from "./histogram.ts"
import { goer, Member } from "./member.ts"
import { MemoryTrend } from "./memory-trend.ts"
import type { RoomState } from "./worker.ts"

/**
 * One room for a while: people stay, come and go, talk, and fall silent for long enough that the room sleeps. Under
 * plain workerd, where a socket is one open file; the proxy of `wrangler dev` takes four: see `ulimit -n`.
 */

const sockets = Number(process.env.SOAK_SOCKETS ?? 5000)
const minutes = Number(process.env.SOAK_MINUTES ?? 10)
/** An object hibernates when nothing has happened for 10 s. */
const silence = 13_000
const talk = 45_000
/** Between two rounds of talk, so long that everybody can hear everything in time. */
const pause = Math.max(1000, sockets / 2)

const latencies = new Histogram()
const stayers: Member[] = []
const goers: Member[] = []
const expected = { joined: 0, left: 0 }
const states: RoomState[] = []

function tell(line: string): void {
  console.log(`${(performance.now() / 1000).toFixed(0).padStart(4)} s  ${line}`)
}

async function fill(url: string): Promise<void> {
  const together = 50
  while (stayers.length < sockets) {
    const next = Array.from({ length: Math.min(together, sockets - stayers.length) }, (_, index) => {
      return new Member(url, `stayer${stayers.length + index}`, latencies)
    })
    stayers.push(...next)
    await Promise.all(next.map((member) => member.enter()))
    if (stayers.length % 1000 === 0) tell(`${stayers.length} are there`)
  }
}

/** Some say something, one comes, and one goes: with a close, or without. */
async function mingle(url: string, round: number): Promise<void> {
  for (const part of [0.1, 0.9]) stayers[Math.floor(part * stayers.length + round) % stayers.length]?.say()
  const comer = new Member(url, `${goer}${round}`, latencies)
  goers.push(comer)
  expected.joined++
  await comer.enter()
  if (goers.length <= 5) return
  expected.left++
  await goers.shift()?.leave(round % 2 === 0 ? "close" : "vanish")
}

/** Until everybody has got everything, or nothing comes any more. */
async function settle(): Promise<void> {
  for (let tries = 0; tries < 60; tries++) {
    const latest = Math.max(...stayers.map(({ seq }) => seq))
    const isDone = ({ goers: { joined, left }, seq }: Member) =>
      joined === expected.joined && left === expected.left && seq === latest
    if (stayers.every(isDone)) return
    await sleep(1000)
  }
}

function complaintsSoFar(): string[] {
  return [...stayers, ...goers].flatMap((member) => member.complaints)
}

async function soak(server: Workerd): Promise<string[]> {
  const room = `http://127.0.0.1:${server.port}/rooms/${randomUUID()}`
  const memory = new MemoryTrend(server.pid)
  const state = async (): Promise<RoomState> => (await fetch(`${room}/state`)).json()
  tell(`${sockets} sockets, ${minutes} minutes; workerd has ${memory.now} before anybody is there`)
  await fill(room)
  tell(`everybody is there; workerd has ${memory.now}`)

  const end = performance.now() + minutes * 60_000
  let round = 0
  do {
    const silenceBegins = Math.min(performance.now() + talk, end)
    while (performance.now() < silenceBegins) {
      const next = performance.now() + pause
      await mingle(room, round++)
      await sleep(Math.max(0, next - performance.now()))
    }
    await settle()
    await sleep(silence)
    states.push(await state())
    // The first round warms up.
    if (states.length > 1) memory.sample()
    tell(`${stayers[0]?.seq} were said; workerd has ${memory.now}; instance ${states.at(-1)?.instance.slice(0, 8)}`)
  } while (performance.now() < end && complaintsSoFar().length === 0)

  const said = 2 * round
  const complaints = complaintsSoFar()
  for (const { goers, seq } of stayers) {
    if (seq !== said) complaints.push(`Somebody has got ${seq} of ${said} messages`)
    if (goers.joined !== expected.joined) complaints.push(`Somebody saw ${goers.joined} of ${expected.joined} come`)
    if (goers.left !== expected.left) complaints.push(`Somebody saw ${goers.left} of ${expected.left} go`)
  }
  const sleeps = new Set(states.map(({ instance }) => instance)).size - 1
  if (sleeps === 0 && states.length > 1) complaints.push("The room has never slept")
  if (!memory.isFlat) complaints.push("The memory is not flat")
  tell(
    `messages: ${said} said, ${said * stayers.length} delivered to those who stayed; ${round} came, ${expected.left} went`,
  )
  tell(`latency: ${latencies}`)
  tell(`memory after the first round: ${memory}`)
  tell(`sleeps: ${sleeps} of ${states.length - 1}`)

  await Promise.all([...stayers, ...goers].map((member, index) => member.leave(index % 2 === 0 ? "close" : "vanish")))
  await sleep(silence)
  const { sockets: left } = await state()
  if (left > 0) complaints.push(`${left} sockets are left`)
  tell(`everybody has left; ${left} sockets, workerd has ${memory.now}`)
  return complaints
}

process.once("SIGINT", () => process.exit(1))
pinSelf()
const server = await Workerd.start("../soak/worker.ts")
try {
  const complaints = await soak(server)
  for (const complaint of complaints.slice(0, 20)) tell(complaint)
  tell(complaints.length === 0 ? "nothing was lost or doubled" : `${complaints.length} complaints`)
  process.exitCode = complaints.length === 0 ? 0 : 1
} finally {
  await server.stop()
}
