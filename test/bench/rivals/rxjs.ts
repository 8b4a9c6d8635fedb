import {
  bufferTime,
  connect,
  filter,
  lastValueFrom,
  map,
  merge,
  mergeMap,
  type Observable,
  range,
  reduce,
  Subject,
  scan,
} from "rxjs"
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

const worked = (source: Observable<number>) => source.pipe(map(addOne), filter(isOdd), scan(add, 0), map(double))
const sum = (source: Observable<number>) => lastValueFrom(source.pipe(reduce(add, 0)))

export const contestant: Contestant = {
  echo: (emit) => {
    const subject = new Subject<string>()
    subject.pipe(map(shout)).subscribe(emit)
    return (message) => subject.next(message)
  },
  push: (emit) => {
    const subject = new Subject<number>()
    worked(subject).subscribe(emit)
    return (n) => subject.next(n)
  },
  mergePush: (emit) => {
    const subjects = Array.from({ length: ways }, () => new Subject<number>())
    merge(...subjects).subscribe(emit)
    return (n) => subjects[n % ways]?.next(n)
  },
  broadcastPush: (emit) => {
    const subject = new Subject<number>()
    merge(...Array.from({ length: ways }, () => subject.pipe(map(addOne)))).subscribe(emit)
    return (n) => subject.next(n)
  },
  bulk: (count) => lastValueFrom(worked(range(0, count)).pipe(reduce(xor, 0))),
  mapAsync: (count) => sum(range(1, count).pipe(mergeMap(resolved, parallelism))),
  merge: (count) => sum(merge(...Array.from({ length: ways }, () => range(1, count / ways)))),
  broadcast: (count) =>
    sum(
      range(1, count).pipe(connect((shared) => merge(...Array.from({ length: ways }, () => shared.pipe(map(addOne)))))),
    ),
  groupedWithin: (count) =>
    lastValueFrom(
      range(1, count).pipe(
        bufferTime(1000, null, groupSize),
        reduce((all, group) => add(all, group.length), 0),
      ),
    ),
}
