import { add, addOne, type Contestant, double, isOdd, xor } from "./work.ts"

const transform = (f: (n: number, send: (n: number) => void) => void) =>
  new TransformStream<number, number>({ transform: (n, controller) => f(n, (out) => controller.enqueue(out)) })

function worked(source: ReadableStream<number>): ReadableStream<number> {
  let sum = 0
  return source
    .pipeThrough(transform((n, send) => send(addOne(n))))
    .pipeThrough(
      transform((n, send) => {
        if (isOdd(n)) send(n)
      }),
    )
    .pipeThrough(
      transform((n, send) => {
        sum = add(sum, n)
        send(sum)
      }),
    )
    .pipeThrough(transform((n, send) => send(double(n))))
}

/** The streams of the platform. */
export const contestant: Contestant = {
  push: (emit) => {
    const pipe = new TransformStream<number, number>()
    const writer = pipe.writable.getWriter()
    const sink = new WritableStream<number>({ write: emit })
    void worked(pipe.readable).pipeTo(sink)
    return (n) => void writer.write(n)
  },
  async bulk(count) {
    let [next, all] = [0, 0]
    const source = new ReadableStream<number>({
      pull(controller) {
        if (next < count) controller.enqueue(next++)
        else controller.close()
      },
    })
    await worked(source).pipeTo(
      new WritableStream({
        write(n) {
          all = xor(all, n)
        },
      }),
    )
    return all
  },
}
