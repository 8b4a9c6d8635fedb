import { remedyFor } from "../socket/argument-checks.ts"
import { isPromise, wrongValue } from "../stream/author-value.ts"
import { aFlow } from "../stream/checks.ts"
import type { Flow } from "../stream/flow.ts"

/**
 * The function of a test that makes a flow, with a check of what it returns.
 *
 * @param tool the function of the kit, for the errors
 * @throws a `TypeError` for a `make` that is no function
 */
export function checkedMake<Given extends unknown[], In, Out>(
  tool: string,
  make: (...given: Given) => Flow<In, Out>,
): (...given: Given) => Flow<In, Out> {
  if (typeof make !== "function") {
    const got = `${tool} takes the function that makes the flow, and got`
    const remedy = `write ${tool}(() => flow)`
    throw aFlow.has(make)
      ? new TypeError(`${got} an instance of Flow, which would keep what its closures hold: ${remedy}`)
      : wrongValue(got, make, remedy)
  }
  return (...given) => {
    const flow = make(...given)
    if (aFlow.has(flow)) return flow
    const remedy = isPromise(flow) ? "write a function that is not async" : remedyFor(flow)
    throw wrongValue(`The function of ${tool} must return a flow, and returned`, flow, remedy)
  }
}
