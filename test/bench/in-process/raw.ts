import * as v from "valibot"
import { InEvent, OutEvent, shout } from "../workers/messages.ts"
import { FakeSocket } from "./fake-object.ts"
import { add, addOne, type Contestant, double, type Handler, isOdd, xor } from "./work.ts"

function counter(isCloning: boolean): Handler<string> {
  return (emit) => {
    const socket = new FakeSocket(emit, isCloning)
    let count = 0
    return () => {
      count++
      socket.serializeAttachment({ count })
      socket.send(String(count))
    }
  }
}

const echo: Handler<string> = (emit) => (message) => {
  if (typeof message === "string") emit(shout(message))
}

/** Code written by hand: closures that call one another. */
export const contestant: Contestant = {
  echo,
  object: echo,
  model: (emit) => (message) => {
    const { foo } = v.parse(InEvent, JSON.parse(message))
    emit(JSON.stringify(v.parse(OutEvent, { bar: foo })))
  },
  client: (emit) => (data) => emit(v.parse(InEvent, JSON.parse(data)).foo),
  counter: counter(process.env.BENCH_CLONE === "yes"),
  push: (emit) => {
    let sum = 0
    const last = (n: number) => emit(double(n))
    const scanned = (n: number) => {
      sum = add(sum, n)
      last(sum)
    }
    const filtered = (n: number) => {
      if (isOdd(n)) scanned(n)
    }
    return (n) => filtered(addOne(n))
  },
  bulk(count) {
    let [sum, all] = [0, 0]
    const folded = (n: number) => {
      all = xor(all, n)
    }
    const mapped = (n: number) => folded(double(n))
    const scanned = (n: number) => {
      sum = add(sum, n)
      mapped(sum)
    }
    const filtered = (n: number) => {
      if (isOdd(n)) scanned(n)
    }
    const first = (n: number) => filtered(addOne(n))
    for (let n = 0; n < count; n++) first(n)
    return all
  },
}
