import { resume } from "sluice/client"
import { received } from "./client.ts"
import type { Contestant } from "./work.ts"

export const contestant: Contestant = { client: received(resume) }
