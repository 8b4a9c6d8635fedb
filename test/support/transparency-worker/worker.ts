export { Sleeper } from "../sleeper.ts"

export default { fetch: () => new Response("Objects only", { status: 404 }) }
