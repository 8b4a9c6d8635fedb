import { filter, forEach, fromIter, map, pipe, scan } from "callbag-basics"
import makeSubject from "callbag-subject"
import { add, addOne, type Contestant, double, isOdd, xor } from "../in-process/work.ts"
import { shout } from "../workers/messages.ts"

export const contestant: Contestant = {
  echo: (emit) => {
    const subject = makeSubject<string>()
    pipe(subject, map(shout), forEach(emit))
    return (message) => subject(1, message)
  },
  push: (emit) => {
    const subject = makeSubject<number>()
    pipe(subject, map(addOne), filter(isOdd), scan(add, 0), map(double), forEach(emit))
    return (n) => subject(1, n)
  },
  bulk(count) {
    let all = 0
    pipe(
      fromIter(Array.from({ length: count }, (_, n) => n)),
      map(addOne),
      filter(isOdd),
      scan(add, 0),
      map(double),
      forEach((n: number) => {
        all = xor(all, n)
      }),
    )
    return all
  },
}
