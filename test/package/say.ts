import type { StandardSchema } from "sluice"

export interface Say {
  say: string
}

export const Say: StandardSchema<unknown, Say> = {
  "~standard": {
    version: 1,
    vendor: "own",
    validate: (value) =>
      typeof value === "object" && value !== null && "say" in value && typeof value.say === "string"
        ? { value: { say: value.say } }
        : { issues: [{ message: "Nothing is said" }] },
  },
}
