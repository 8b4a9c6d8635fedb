export { Probe } from "../../src/testing/probe/probe.ts"
