import { asyncApi } from "sluice/asyncapi"
import { protocol } from "sluice/protocol"
import { Say } from "./say.ts"

/** The other entries, whose declarations the compiler checks too. `sluice/react` is left out, because it needs the types of React. */
export type * as client from "sluice/client"
export type * as testing from "sluice/testing"
export type * as inWorkerd from "sluice/testing/workerd"

/** Protocols with and without each optional part. */
const bare = protocol("/bare", { receives: Say, sends: Say })
const whole = protocol("/whole/:id", {
  receives: Say,
  sends: Say,
  closes: { 4001: "Enough" },
  summary: "All parts",
  description: "Each is optional",
  params: { id: "a number" },
  examples: { receives: [{ say: "hi" }] },
})
export const document = asyncApi({ title: "Bare", version: "1.0.0" }, [bare, whole, whole.under("/api")])
