import { Effect, Queue, Stream } from "effect"
import {
  add,
  addOne,
  type Contestant,
  double,
  groupSize,
  isOdd,
  parallelism,
  resolved,
  ways,
  xor,
} from "../in-process/work.ts"
import { shout } from "../workers/messages.ts"

const worked = (source: Stream.Stream<number>) =>
  source.pipe(
    Stream.map(addOne),
    Stream.filter(isOdd),
    Stream.scan(() => 0, add),
    Stream.drop(1),
    Stream.map(double),
  )
const fold = (source: Stream.Stream<number>, f: (all: number, n: number) => number) =>
  Effect.runPromise(Stream.runFold(source, () => 0, f))

function pushed<T>(emit: (out: unknown) => void, through: (source: Stream.Stream<T>) => Stream.Stream<unknown>) {
  const queue = Effect.runSync(Queue.unbounded<T>())
  Effect.runFork(Stream.runForEach(through(Stream.fromQueue(queue)), (out) => Effect.sync(() => emit(out))))
  return (message: T) => void Queue.offerUnsafe(queue, message)
}

export const contestant: Contestant = {
  echo: (emit) => pushed(emit, (source: Stream.Stream<string>) => Stream.map(source, shout)),
  push: (emit) => pushed(emit, worked),
  mergePush: (emit) => {
    const queues = Array.from({ length: ways }, () => Effect.runSync(Queue.unbounded<number>()))
    const merged = Stream.mergeAll(queues.map(Stream.fromQueue), { concurrency: ways })
    Effect.runFork(Stream.runForEach(merged, (out) => Effect.sync(() => emit(out))))
    return (n) => {
      const queue = queues[n % ways]
      if (queue) Queue.offerUnsafe(queue, n)
    }
  },
  bulk: (count) => fold(worked(Stream.range(0, count - 1)), xor),
  mapAsync: (count) =>
    fold(
      Stream.range(1, count).pipe(
        Stream.mapEffect((n) => Effect.promise(() => resolved(n)), { concurrency: parallelism }),
      ),
      add,
    ),
  merge: (count) =>
    fold(
      Stream.mergeAll(
        Array.from({ length: ways }, () => Stream.range(1, count / ways)),
        { concurrency: ways },
      ),
      add,
    ),
  broadcast: (count) =>
    Effect.runPromise(
      Effect.scoped(
        Effect.gen(function* () {
          const shared = yield* Stream.broadcastN(Stream.range(1, count), { n: ways, capacity: 16 })
          const branches = shared.map((branch) => branch.pipe(Stream.map(addOne)))
          return yield* Stream.runFold(Stream.mergeAll(branches, { concurrency: ways }), () => 0, add)
        }),
      ),
    ),
  groupedWithin: (count) =>
    Effect.runPromise(
      Stream.range(1, count).pipe(
        Stream.groupedWithin(groupSize, "1 second"),
        Stream.runFold(
          () => 0,
          (all, group) => add(all, group.length),
        ),
      ),
    ),
}
