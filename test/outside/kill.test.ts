import { rmSync } from "node:fs"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { workplace } from "../bench/harness/bundle.ts"
import { pinSelf } from "../bench/harness/machine.ts"
import { Findings } from "../soak/findings.ts"
import { type KillMode, killModes } from "../soak/kill-mode.ts"
import { KillSoak } from "../soak/kill-soak.ts"
import { kinds } from "../soak/observed-objects.ts"

const noDelay = 0
let modes: KillMode[] = []

beforeAll(() => {
  modes = killModes(noDelay, console.warn).slice(-1)
  if (modes[0]?.yields) pinSelf()
})

afterAll(() => rmSync(workplace, { recursive: true, force: true }))

describe("the state of an object after a kill", () => {
  it.each(Object.entries(kinds))(
    "agrees with all that clients received before it: %s (fault 40)",
    async (_, observed) => {
      const findings = new Findings()
      const object = observed("object", findings)
      const plan = { objects: [object], clients: 2, pace: 1, hibernates: false, after: 50, frames: 1, atFrame: true }
      const toPlan = () => ({ ...plan, patience: 10_000 })
      await new KillSoak({ kills: 4, seed: 40, modes, objects: [object], plan: toPlan }, findings).run()
      expect(findings.received).toBeGreaterThan(0)
      expect(findings.first).toEqual([])
    },
  )
})
