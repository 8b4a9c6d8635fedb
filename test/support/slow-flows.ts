import type { SlowReaderStrategy } from "../../src/socket/limits.ts"
import { Flow } from "../../src/stream/flow.ts"
import { Sink } from "../../src/stream/sink.ts"
import { Source } from "../../src/stream/source.ts"

export const strategies: SlowReaderStrategy[] = ["backpressure", "dropHead", "dropNew", "fail"]
const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => String(from + index))
/** Ten bytes each. */
export const ten = (text: string) => text.padStart(10, "0")
export const tens = (from: number, to: number) => numbers(from, to).map(ten)
export const mark = { maxBufferedAmount: 100 }
/** Sends so many elements as fast as there is demand. */
export const range = (to: number) =>
  Flow.fromSinkAndSource(
    Sink.ignore(),
    Source.range(1, to).map((n) => ten(String(n))),
  )
export const echo = () => Flow.of<string>()
