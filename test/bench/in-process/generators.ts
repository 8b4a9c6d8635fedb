import { add, addOne, type Contestant, double, isOdd, xor } from "./work.ts"

type Numbers = AsyncIterable<number>

async function* range(count: number): Numbers {
  for (let n = 0; n < count; n++) yield n
}

async function* map(source: Numbers, f: (n: number) => number): Numbers {
  for await (const n of source) yield f(n)
}

async function* filter(source: Numbers, predicate: (n: number) => boolean): Numbers {
  for await (const n of source) if (predicate(n)) yield n
}

async function* scan(source: Numbers, f: (sum: number, n: number) => number): Numbers {
  let sum = 0
  for await (const n of source) {
    sum = f(sum, n)
    yield sum
  }
}

/** Async generators of the language. */
export const contestant: Contestant = {
  async bulk(count) {
    let all = 0
    for await (const n of map(scan(filter(map(range(count), addOne), isOdd), add), double)) all = xor(all, n)
    return all
  },
}
