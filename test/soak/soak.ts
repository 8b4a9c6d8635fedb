import type { Random } from "../../src/testing/random.ts"
import { pinSelf } from "../bench/harness/machine.ts"
import { Findings } from "./findings.ts"
import { killModes } from "./kill-mode.ts"
import { randomPlan } from "./kill-plan.ts"
import { KillSoak } from "./kill-soak.ts"
import { observedObjects } from "./observed-objects.ts"
import { RoomSoak } from "./room-soak.ts"

/** A number that the environment sets, or the default. */
function setting(name: string, otherwise: number): number {
  const value = process.env[name]
  const number = Number(value ?? otherwise)
  if (Number.isFinite(number) && number >= 0 && value !== "") return number
  throw new Error(`${name} must be a number, and is "${value}"`)
}

function report(line: string): void {
  console.log(`${(performance.now() / 1000).toFixed(0).padStart(4)} s  ${line}`)
}

async function kills(): Promise<string[]> {
  const seed = setting("SOAK_SEED", Date.now() % 2 ** 31)
  const modes = killModes(setting("SOAK_WRITE_DELAY", 5), report)
  const kills = setting("SOAK_KILLS", 500)
  const clients = setting("SOAK_CLIENTS", 3)
  const findings = new Findings()
  const objects = observedObjects(setting("SOAK_OBJECTS", 2), findings)
  const progress = (kills: number) => report(`${kills} kills, ${findings.received} entries received; ${findings}`)
  const onKill = (kills: number) => kills % 50 === 0 && progress(kills)
  const plan = (random: Random) => randomPlan(objects, clients, random)
  report(`${kills} kills of workerd with SOAK_SEED=${seed}: ${modes.map(({ name }) => name).join(", ")}`)
  const output = setting("SOAK_LOGS", 0) > 0 ? "inherit" : "ignore"
  await new KillSoak({ kills, seed, modes, objects, plan, output, onKill }, findings).run()
  progress(kills)
  return findings.first
}

function room(): Promise<string[]> {
  return new RoomSoak(
    {
      sockets: setting("SOAK_SOCKETS", 5000),
      minutes: setting("SOAK_MINUTES", 10),
      deliveries: setting("SOAK_DELIVERIES", 20_000),
      slowReaders: setting("SOAK_SLOW_READERS", 20),
      resuming: setting("SOAK_RESUMING", 1_000),
      evicted: setting("SOAK_EVICTED", 50),
    },
    report,
  ).run()
}

process.once("SIGINT", () => process.exit(1))
pinSelf()
const findings = await (process.argv.includes("--kill") ? kills() : room())
for (const finding of findings) report(finding)
report(findings.length === 0 ? "Nothing was lost or doubled" : "See the findings above")
process.exitCode = findings.length === 0 ? 0 : 1
