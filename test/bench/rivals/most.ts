import { createAdapter } from "@most/adapter"
import { filter, map, runEffects, scan, skip, tap } from "@most/core"
import { currentTime, newDefaultScheduler } from "@most/scheduler"
import type { Stream } from "@most/types"
import { add, addOne, type Contestant, double, isOdd, xor } from "../in-process/work.ts"
import { shout } from "../workers/messages.ts"

const scheduler = newDefaultScheduler()
const worked = (source: Stream<number>) => map(double, skip(1, scan(add, 0, filter(isOdd, map(addOne, source)))))

/** The library has no source of many elements at once. */
function range(count: number): Stream<number> {
  return {
    run(sink, scheduler) {
      const time = currentTime(scheduler)
      for (let n = 0; n < count; n++) sink.event(time, n)
      sink.end(time)
      return { dispose() {} }
    },
  }
}

/** The first value of a scan is emitted with the next run of the scheduler. */
const started = () => new Promise((resolve) => setTimeout(resolve, 10))

export const contestant: Contestant = {
  echo: async (emit) => {
    const [push, source] = createAdapter<string>()
    void runEffects(tap(emit, map(shout, source)), scheduler)
    await started()
    return push
  },
  push: async (emit) => {
    const [push, source] = createAdapter<number>()
    void runEffects(tap(emit, worked(source)), scheduler)
    await started()
    return push
  },
  async bulk(count) {
    let all = 0
    const fold = (n: number) => {
      all = xor(all, n)
    }
    await runEffects(tap(fold, map(double, scan(add, 0, filter(isOdd, map(addOne, range(count)))))), scheduler)
    return all
  },
}
