import { Client, textFrame } from "./client.ts"
import { cpuTime, type Sample, watchMachine } from "./machine.ts"
import { Workerd } from "./workerd.ts"

export interface TimerLoad {
  worker: string
  path: string
  /** How many timers one event sets. All of them are due at the same time. */
  timers: number
}

/** Microseconds of workerd's CPU for a timer that is set and fires, once it is warm. */
export async function cpuPerTimer({ worker, path, timers }: TimerLoad): Promise<Sample> {
  const server = await Workerd.start(worker)
  const client = await Client.open(server.port, path)
  const allFire = () =>
    new Promise<void>((resolve) => {
      client.onMessages = () => resolve()
      client.send(textFrame(String(timers)))
    })
  await allFire()
  const cpu = () => cpuTime(server.pid)
  const [before, foreign] = [cpu(), watchMachine(cpu)]
  await allFire()
  const sample = { value: ((cpu() - before) * 1000) / timers, foreign: foreign() }
  client.destroy()
  await server.stop()
  return sample
}
