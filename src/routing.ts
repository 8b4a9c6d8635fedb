export { type Params, type Query, Route, route } from "./routing/route.ts"
