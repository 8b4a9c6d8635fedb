export { TestClock as ManualClock } from "../../src/testing/test-clock.ts"
